"""Files that the board gives out."""
