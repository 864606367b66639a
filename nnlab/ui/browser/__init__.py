"""A window that pages through all examples of the data."""
