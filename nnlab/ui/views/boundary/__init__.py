"""The Boundary view, and drawing points on it."""
