"""The Reconstructions view and its parts."""
