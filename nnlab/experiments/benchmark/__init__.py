"""How fast the engine is on this machine, beside PyTorch, JAX and scikit-learn: the same models, in turns in one process.

`WORKLOADS` has one row for each model that is timed; `measured` times one of them, and `kept.py` puts what was found into
the store of runs.
"""
