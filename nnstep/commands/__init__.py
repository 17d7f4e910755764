"""What the command line does: one file for each command, found by its row in `table`."""
