"""The one loop, and the least-squares sides it steps with."""
