"""The Gradient check view and its parts."""
