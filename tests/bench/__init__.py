"""The numbers the design promises, measured in one run and printed as ratios (`make bench`)."""
