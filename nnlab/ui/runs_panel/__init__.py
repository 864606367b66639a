"""The panel of the runs that were kept: what there is, found again, and what can be done with it."""
