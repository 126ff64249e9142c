"""What holds when people, workers and faults come at the same time."""
