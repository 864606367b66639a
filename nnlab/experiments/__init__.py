"""Experiments: what decides a result, how it is run headless, and the files it is kept in."""
