"""One file a contender. Each offers `available()` and one function a workload, or leaves the workload out."""
