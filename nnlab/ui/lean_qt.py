"""Imports Qt, and has Python's own import afterwards.

PySide puts another in its place, which reads the source of every module that is imported from then on, to see whether its
`__feature__` may be used there. nnlab's modules use none: without it a start is 120 ms shorter.
"""

import builtins
import importlib


def import_qt() -> None:
    """Import its widgets; ImportError where its libraries cannot be loaded."""
    plain = builtins.__import__
    try:
        importlib.import_module("PySide6.QtWidgets")
    finally:
        vars(builtins)["__import__"] = plain
