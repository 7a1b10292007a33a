"""Small data sets with their sources and licences."""
