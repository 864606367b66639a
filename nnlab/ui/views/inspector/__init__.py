"""The Inspector and its pages."""
