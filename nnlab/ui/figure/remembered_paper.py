"""How figures were made last, from one start of the window to the next."""

from contextlib import suppress

from PySide6.QtCore import QSettings

from nnlab.ui.figure.paper import LEAST_DPI, LEAST_MILLIMETRES, MOST_DPI, MOST_MILLIMETRES, Paper

_THEMES = ("light", "dark", "")


def remember(memory: QSettings, paper: Paper) -> None:
    """For the next figure."""
    size = "" if paper.size is None else f"{paper.size[0]:g} {paper.size[1]:g}"
    for name, value in (("size", size), ("dpi", paper.dpi), ("theme", paper.theme)):
        memory.setValue(f"figure_{name}", value)


def remembered(memory: QSettings) -> Paper:
    """As it was made last; what a person's file says that makes no sense is left out."""
    default = Paper()
    size, dpi, theme = default.size, default.dpi, str(memory.value("figure_theme", default.theme))
    with suppress(ValueError):
        width, height = (float(side) for side in str(memory.value("figure_size", "")).split())
        if min(width, height) >= LEAST_MILLIMETRES and max(width, height) <= MOST_MILLIMETRES:
            size = (width, height)
    with suppress(ValueError):
        dpi = min(max(int(str(memory.value("figure_dpi", dpi))), LEAST_DPI), MOST_DPI)
    return Paper(size, dpi, theme if theme in _THEMES else default.theme)
