"""Training of the reader; see README.md here."""
