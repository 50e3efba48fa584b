"""A service of the benchmark: keeps copies of institutions as the indicators do, but with a commit for each event."""
