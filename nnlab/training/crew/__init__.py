"""A crew: helper processes that make the steps of a run together."""
