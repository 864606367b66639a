"""Shapes of points in the plane: each file has its own `draw`; a script has one."""
