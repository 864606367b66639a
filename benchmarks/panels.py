"""Measured curves as one SVG: panels side by side on a light ground, so that it can be read on a dark page as well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnlab.atomic_file import write_atomically
from nnlab.colors import CLASS_COLORS
from nnlab.experiments.run_report.markup import Markup, element, together
from nnlab.experiments.run_report.plot import Frame, Line, drawing, svg

_PANEL = Frame(410, 250)
_COLUMNS, _GAP, _HEADING, _TITLE = 2, 14, 34, 40
# Between two names; and at the right of the page, where a long number goes beyond its axis.
_BETWEEN, _MARGIN = "\u00a0·\u00a0", 16
_GROUND, _INK = "#ffffff", "#24292f"
_COLORS = tuple(CLASS_COLORS[place] for place in (1, 0, 2, 3, 7, 6, 8))


@dataclass(frozen=True)
class Panel:
    """Curves by their names, each of points (x, y); points without a line under the same name have its colour."""

    title: str
    x_name: str
    y_name: str
    curves: Mapping[str, Sequence[tuple[float, float]]]
    points: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    is_log: bool = True
    # What else is to be said of it.
    words: str = ""

    @property
    def rows(self) -> list[list[str]]:
        """As a table: one row for each x, one column for each curve; what was measured stands before what was worked out."""
        columns = {**{f"{name}, measured": points for name, points in self.points.items()}, **self.curves}
        places = sorted({x for points in columns.values() for x, _ in points})
        known = {name: dict(points) for name, points in columns.items()}
        head = [f"{self.x_name} \\ {self.y_name}", *columns]
        return [head, *([f"{x:,.0f}", *(_cell(known[name].get(x)) for name in columns)] for x in places)]


def write_panels(path: Path, heading: str, panels: Sequence[Panel]) -> None:
    """All panels that have a curve, two in a row, under a heading that names the machine."""
    rows = -(-len(panels) // _COLUMNS)
    width = _COLUMNS * _PANEL.width + (_COLUMNS + 1) * _GAP + _MARGIN
    height = _HEADING + rows * (_PANEL.height + _TITLE + _GAP)
    parts = [
        element("rect", width=width, height=height, rx=8, fill=_GROUND),
        _text(_GAP, 24, heading, size=14, weight="600"),
        *(
            element("g", _drawn(panel), transform=f"translate({left} {top})")
            for panel, (left, top) in zip(panels, _places(len(panels)), strict=True)
        ),
    ]
    frame = Frame(width, height)
    # Whoever draws it beside a dark text has another colour of the pen.
    inner = element("g", *parts, color=_INK, font_family="system-ui, sans-serif")
    write_atomically(path, f"{svg(inner, frame)}\n".encode())


def _places(count: int) -> list[tuple[int, int]]:
    return [
        (_GAP + place % _COLUMNS * (_PANEL.width + _GAP), _HEADING + place // _COLUMNS * (_PANEL.height + _TITLE + _GAP))
        for place in range(count)
    ]


def _drawn(panel: Panel) -> Markup:
    colors = dict(zip(panel.curves, _COLORS, strict=False))
    lines = [Line(*_columns(points), colors[name]) for name, points in panel.curves.items()]
    # A curve of what was measured has its points; one that was worked out has those beside it that were.
    seen = panel.points or panel.curves
    lines += [Line(*_columns(points), colors[name], is_points=True) for name, points in seen.items()]
    names = [element("tspan", f"{_BETWEEN if place else ''}{name}", fill=colors[name]) for place, name in enumerate(colors)]
    ticks = tuple(sorted({float(x) for points in panel.curves.values() for x, _ in points}))
    drawn = drawing(panel.title, lines, panel.x_name, panel.y_name, panel.is_log, True, ticks, _PANEL)
    return together(
        _text(8, 14, panel.title, weight="600"),
        element("text", *names, x=8, y=31, font_size=11, font_weight="600"),
        element("g", drawn, transform=f"translate(0 {_TITLE})"),
    )


def _columns(points: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(points, float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _text(x: float, y: float, text: str, size: int = 12, weight: str = "400") -> Markup:
    return element("text", text, x=x, y=y, font_size=size, font_weight=weight, fill="currentColor")


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 100 else f"{value:,.0f}"
