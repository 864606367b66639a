"""The same experiment in another framework: its exported script, run in a process of its own beside nnlab's own run."""
