"""What may go wrong, tried: kills, crowds, edits and damage; each part has a `measure`."""
