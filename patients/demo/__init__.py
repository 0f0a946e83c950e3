"""Which invented patients does the demo show, and how are they laid before the present? Demo and tests only."""
