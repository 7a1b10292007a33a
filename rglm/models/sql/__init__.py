"""A fitted model as a scoring expression in SQL."""
