"""The journal of runs: everything that happens to them, kept while it happens, and gone back into at any step."""
