"""One file a workload: the data, and what is timed."""
