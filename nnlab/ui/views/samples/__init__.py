"""The Samples view and its parts."""
