"""Report pages and plain words."""
