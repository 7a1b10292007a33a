"""What follows from a fitted model, one verb a file."""
