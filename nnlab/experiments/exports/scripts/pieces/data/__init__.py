"""From files, or from a seed, to examples that a model can learn from."""
