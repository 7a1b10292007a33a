"""Terms and rows become blocks of columns; what was learned from data is a frozen value."""
