"""The timeline: the run's past to be gone back into, shown as a film, and branched from."""
