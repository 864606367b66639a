"""Imports pyqtgraph without the parts that no window here uses: tables, trees of settings, plots in other processes.

Its package imports all that it has, whether it is used or not; without these a start is 50 ms shorter.
"""

import importlib
import sys
from types import ModuleType

# What pyqtgraph's own __init__ takes from each by name; from the others it takes whatever they say they have.
_UNUSED: dict[str, tuple[str, ...]] = {
    "pyqtgraph.imageview": (),
    "pyqtgraph.widgets.ColorMapWidget": (),
    "pyqtgraph.widgets.DataFilterWidget": (),
    "pyqtgraph.widgets.DataTreeWidget": (),
    "pyqtgraph.widgets.DiffTreeWidget": (),
    "pyqtgraph.widgets.RemoteGraphicsView": ("RemoteGraphicsView",),
    "pyqtgraph.widgets.ScatterPlotWidget": (),
    "pyqtgraph.widgets.TableWidget": (),
}


def import_lean() -> None:
    """Import it, once. Whoever wants one of those parts afterwards imports it from its own module."""
    if "pyqtgraph" in sys.modules:
        return
    sys.modules.update({name: _empty(name, has) for name, has in _UNUSED.items()})
    try:
        importlib.import_module("pyqtgraph")
    except (ImportError, AttributeError):
        # Another version of it that needs them after all.
        for name in [name for name in sys.modules if name.partition(".")[0] == "pyqtgraph"]:
            del sys.modules[name]
        importlib.import_module("pyqtgraph")
    else:
        for name in _UNUSED:
            del sys.modules[name]


def _empty(name: str, has: tuple[str, ...]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(dict.fromkeys(has), __all__=list(has))
    return module
