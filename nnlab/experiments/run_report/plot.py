"""Curves as SVG: axes with numbers, a logarithmic one where that is asked for, and lines that end where numbers do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.experiments.run_report.fewer_points import fewer_points, runs_of_numbers
from nnlab.experiments.run_report.markup import Markup, element, together
from nnlab.experiments.run_report.ticks import linear_ticks, log_ticks, tick_text
from nnlab.models.arrays import Array

# Units of the picture; it is as wide as the page.
_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 10, 40
_INNER_WIDTH, _INNER_HEIGHT = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_DASHES = "5 3"
_SMALLEST, _LARGEST = 1e-200, 1e200


@dataclass(frozen=True, eq=False)
class Line:
    """A curve through x (n,) and y (n,), with a gap where either is not finite; or only points."""

    x: Array
    y: Array
    color: str
    is_dashed: bool = False
    is_faint: bool = False
    is_points: bool = False


@dataclass(frozen=True)
class Axis:
    """From low to high along so many units, from `start` on, which may be backwards."""

    low: float
    high: float
    start: float
    length: float
    is_log: bool = False

    def place(self, values: Array) -> Array:
        """Where numbers lie."""
        low, high, numbers = self.low, self.high, np.asarray(values, float)
        if self.is_log:
            low, high, numbers = math.log(low), math.log(high), np.log(numbers)
        placed: Array = self.start + (numbers - low) / (high - low) * self.length
        return placed

    @property
    def ticks(self) -> list[float]:
        """Where it has its numbers."""
        return log_ticks(self.low, self.high) if self.is_log else linear_ticks(self.low, self.high)


def plot(title: str, lines: Sequence[Line], x_name: str, y_name: str, is_log: bool = False) -> Markup:
    """One picture; a sentence where there is no number to draw."""
    drawn = [_Drawn.of(line, is_log) for line in lines]
    pieces = [piece for each in drawn for piece in each.pieces]
    if not pieces:
        return element("p", f"{title}: there are no numbers to draw.", class_="muted")
    xs, ys = (np.concatenate([piece[axis] for piece in pieces]) for axis in (0, 1))
    across = Axis(*_range(xs, False), _LEFT, _INNER_WIDTH)
    up = Axis(*_range(ys, is_log), _HEIGHT - _BOTTOM, -_INNER_HEIGHT, is_log)
    inner = together(
        element("title", title),
        _grid(across, up),
        *(each.draw(across, up) for each in drawn),
        _text(_LEFT + _INNER_WIDTH / 2, _HEIGHT - 6, x_name, "middle"),
        _text(14, _TOP + _INNER_HEIGHT / 2, y_name, "middle", turned=True),
    )
    size = {"width": _WIDTH, "height": _HEIGHT}
    return element("svg", inner, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", **size)


def _within_reach(y: Array) -> Array:
    """Numbers whose distances from each other are numbers, too."""
    known = np.where(np.abs(y) < _SMALLEST, 0.0, y)
    reached: Array = np.where(np.isfinite(y), np.clip(known, -_LARGEST, _LARGEST), y)
    return reached


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A line in the pieces that can be seen."""

    line: Line
    pieces: list[tuple[Array, Array]] = field(default_factory=list)

    @classmethod
    def of(cls, line: Line, is_log: bool) -> "_Drawn":
        """Of a line the points that the picture's width can show."""
        # A logarithm is only of positive numbers.
        reached = _within_reach(np.asarray(line.y, float))
        y = np.where(reached > 0, reached, np.nan) if is_log else reached
        return cls(line, runs_of_numbers(*fewer_points(np.asarray(line.x, float), y, _INNER_WIDTH)))

    def draw(self, across: Axis, up: Axis) -> Markup:
        """Each piece as a line; where it has one point alone, and of a line of points, circles."""
        style = {"stroke": self.line.color, "stroke_width": "1" if self.line.is_faint else "1.8", "fill": "none"}
        faint = {"opacity": "0.4"} if self.line.is_faint else {}
        dashes = {"stroke_dasharray": _DASHES} if self.line.is_dashed else {}
        parts = []
        for x, y in self.pieces:
            places = list(zip(across.place(x), up.place(y), strict=True))
            if len(places) == 1 or self.line.is_points:
                parts += [
                    element("circle", cx=f"{left:.1f}", cy=f"{top:.1f}", r="2.5", fill=self.line.color, **faint)
                    for left, top in places
                ]
            else:
                points = " ".join(f"{left:.1f},{top:.1f}" for left, top in places)
                parts.append(element("polyline", points=points, **style, **dashes, **faint))
        return together(*parts)


def _range(values: Array, is_log: bool) -> tuple[float, float]:
    """From the lowest to the highest, and never of no length."""
    low, high = float(values.min()), float(values.max())
    if is_log:
        return (low, high) if high / low > 1.05 else (low / 1.2, high * 1.2)
    if high - low > 1e-9 * max(abs(low), abs(high)):
        return low, high
    return low - (abs(low) / 10 or 1.0), high + (abs(high) / 10 or 1.0)


def _grid(across: Axis, up: Axis) -> Markup:
    """The frame, a faint line at every number, and the numbers."""
    bottom, right = _HEIGHT - _BOTTOM, _LEFT + _INNER_WIDTH
    lines, texts = [], []
    for axis, draw in ((across, _upright), (up, _level)):
        for tick, place in zip(axis.ticks, axis.place(np.array(axis.ticks)), strict=True):
            lines.append(draw(float(place)))
            if axis is across:
                texts.append(_text(float(place), bottom + 16, tick_text(tick), "middle"))
            else:
                texts.append(_text(_LEFT - 6, float(place) + 4, tick_text(tick), "end"))
    frame = element(
        "polyline", points=f"{_LEFT},{_TOP} {_LEFT},{bottom} {right},{bottom}", stroke="currentColor", fill="none"
    )
    return together(element("g", *lines, stroke="currentColor", opacity="0.15"), frame, *texts)


def _upright(x: float) -> Markup:
    return element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=_TOP, y2=_HEIGHT - _BOTTOM)


def _level(y: float) -> Markup:
    return element("line", x1=_LEFT, x2=_LEFT + _INNER_WIDTH, y1=f"{y:.1f}", y2=f"{y:.1f}")


def _text(x: float, y: float, text: str, anchor: str, turned: bool = False) -> Markup:
    turn = {"transform": f"rotate(-90 {x:g} {y:g})"} if turned else {}
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text_anchor": anchor, "fill": "currentColor"}
    return element("text", text, font_size="12", font_family="system-ui, sans-serif", **place, **turn)
