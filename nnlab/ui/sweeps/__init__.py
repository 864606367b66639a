"""Sweeps in the window: what is to be tried, how it is going, and what came of it."""
