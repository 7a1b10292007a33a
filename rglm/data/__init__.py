"""Where rows live: frames in memory, Arrow, and any other re-readable sequence of row blocks."""
