"""The Distributions view and its parts."""
