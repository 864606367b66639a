"""nnlab: a desktop laboratory for neural networks, with an engine in pure NumPy."""

__version__ = "0.1.0"
