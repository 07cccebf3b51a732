"""What the page says of the articles and the index: lists, plots, health, what is followed."""
