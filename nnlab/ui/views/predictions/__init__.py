"""The Predictions view and its gallery."""
