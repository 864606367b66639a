"""The pieces that standalone scripts are made of: plain NumPy that knows no nnlab.

Each computes what the engine does, with the same operations in the same order on the
same layout of memory, so that a script ends in the same bits.
"""
