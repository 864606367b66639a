"""Weights that were learned elsewhere, in a model of nnlab: read, matched by name or by order and shape, and turned."""
