"""Imports pyqtgraph without what no window here uses: some of its parts, and copies of all of Qt.

Its package imports all that it has, used or not, and copies every name of Qt's modules into modules of its own,
for which each of the 700 classes and enumerations of Qt is made ready; without these a start is 150 ms shorter.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_ITEMS = (
    *("BoxplotItem", "ColorBarItem", "CurvePoint", "DateAxisItem", "FillBetweenItem", "GradientEditorItem"),
    *("GradientLegend", "GraphItem", "GridItem", "HistogramLUTItem", "IsocurveItem", "LinearRegionItem", "PColorMeshItem"),
    *("ROI", "ScaleBar", "VTickGroup"),
)
_WIDGETS = (
    *("BusyCursor", "CheckTable", "ColorButton", "ColorMapMenu", "ColorMapWidget", "ComboBox", "DataFilterWidget"),
    *("DataTreeWidget", "DiffTreeWidget", "FeedbackButton", "GradientWidget", "GroupBox", "HistogramLUTWidget"),
    *("JoystickButton", "LayoutWidget", "PathButton", "ProgressDialog", "RawImageWidget", "RemoteGraphicsView"),
    *("ScatterPlotWidget", "SpinBox", "TableWidget", "TreeWidget", "ValueLabel", "VerticalLabel"),
)
# What its own __init__ takes by name; from the others it takes whatever they say they have.
_BY_NAME = ("ColorMapMenu", "GroupBox", "RemoteGraphicsView")
_UNUSED = (
    "pyqtgraph.imageview",
    "pyqtgraph.util.cprint",
    *(f"pyqtgraph.graphicsItems.{name}" for name in _ITEMS),
    *(f"pyqtgraph.widgets.{name}" for name in _WIDGETS),
)
_COPIED = ("QtCore", "QtGui", "QtWidgets")


def import_lean() -> None:
    """Import it, once. Whoever wants one of those parts afterwards imports it from its own module."""
    if "pyqtgraph" in sys.modules:
        return
    sys.modules.update({name: _empty(name) for name in _UNUSED})
    try:
        with _names_come_when_used():
            importlib.import_module("pyqtgraph")
    except (ImportError, AttributeError):
        # Another version of it that needs them after all.
        for name in [name for name in sys.modules if name.partition(".")[0] == "pyqtgraph"]:
            del sys.modules[name]
        importlib.import_module("pyqtgraph")
    else:
        for name in _UNUSED:
            del sys.modules[name]


@contextmanager
def _names_come_when_used() -> Iterator[None]:
    """The modules that pyqtgraph would fill with copies look names up in Qt's, which meanwhile list none."""
    originals = [importlib.import_module(f"PySide6.{name}") for name in _COPIED]
    listings = [{name: how for name, how in vars(original).items() if name == "__dir__"} for original in originals]
    for name, original in zip(_COPIED, originals, strict=True):
        sys.modules[f"pyqtgraph.Qt.{name}"] = _forwarding(f"pyqtgraph.Qt.{name}", original)
        original.__dict__["__dir__"] = list
    try:
        yield
    finally:
        for original, listing in zip(originals, listings, strict=True):
            del original.__dict__["__dir__"]
            original.__dict__.update(listing)


def _forwarding(name: str, original: ModuleType) -> ModuleType:
    """Has what the original has, from when it is first asked for."""
    module = ModuleType(name)

    def look_up(attribute: str) -> object:
        found = getattr(original, attribute)
        setattr(module, attribute, found)
        return found

    module.__dict__["__getattr__"] = look_up
    return module


def _empty(name: str) -> ModuleType:
    module, last = ModuleType(name), name.rpartition(".")[2]
    has = [last] if last in _BY_NAME else []
    module.__dict__.update(dict.fromkeys(has), __all__=has)
    return module
