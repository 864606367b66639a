"""The lengths of the axes of an array."""

Shape = tuple[int, ...]
