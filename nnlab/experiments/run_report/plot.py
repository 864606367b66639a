"""Curves as SVG: axes with numbers, a logarithmic one where that is asked for, and lines that end where numbers do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.experiments.run_report.fewer_points import fewer_points, runs_of_numbers
from nnlab.experiments.run_report.markup import Markup, element, together
from nnlab.experiments.run_report.ticks import linear_ticks, log_ticks, tick_text
from nnlab.models.arrays import Array

# What lies around the lines, in units of the picture.
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 12, 10, 40
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
class Frame:
    """How large a picture is; that of a page is as wide as the page."""

    width: int = 720
    height: int = 300

    @property
    def inner_width(self) -> int:
        """Of the part with the lines."""
        return self.width - _LEFT - _RIGHT

    @property
    def inner_height(self) -> int:
        """Of the part with the lines."""
        return self.height - _TOP - _BOTTOM


PAGE = Frame()


@dataclass(frozen=True)
class Axis:
    """From low to high along so many units, from `start` on, which may be backwards."""

    low: float
    high: float
    start: float
    length: float
    is_log: bool = False
    # Where it has its numbers, if not at round ones.
    given: tuple[float, ...] = ()

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
        if self.given:
            return list(self.given)
        return log_ticks(self.low, self.high) if self.is_log else linear_ticks(self.low, self.high)


def plot(title: str, lines: Sequence[Line], x_name: str, y_name: str, is_log: bool = False) -> Markup:
    """One picture; a sentence where there is no number to draw."""
    inner = drawing(title, lines, x_name, y_name, is_log)
    return svg(inner, PAGE) if inner else element("p", f"{title}: there are no numbers to draw.", class_="muted")


def drawing(
    title: str,
    lines: Sequence[Line],
    x_name: str,
    y_name: str,
    is_log: bool = False,
    is_log_across: bool = False,
    ticks_across: tuple[float, ...] = (),
    frame: Frame = PAGE,
) -> Markup:
    """What a picture shows, to be put into one; nothing where there is no number to draw."""
    drawn = [_Drawn.of(line, is_log, frame.inner_width) for line in lines]
    pieces = [piece for each in drawn for piece in each.pieces]
    if not pieces:
        return Markup()
    xs, ys = (np.concatenate([piece[axis] for piece in pieces]) for axis in (0, 1))
    across = Axis(*_range(xs, is_log_across), _LEFT, frame.inner_width, is_log_across, ticks_across)
    up = Axis(*_range(ys, is_log), frame.height - _BOTTOM, -frame.inner_height, is_log)
    return together(
        element("title", title),
        _grid(across, up, frame),
        *(each.draw(across, up) for each in drawn),
        _texts(
            _text(_LEFT + frame.inner_width / 2, frame.height - 6, x_name, "middle"),
            _text(14, _TOP + frame.inner_height / 2, y_name, "middle", turned=True),
        ),
    )


def svg(inner: Markup, frame: Frame) -> Markup:
    """A picture of this size."""
    size = {"viewBox": f"0 0 {frame.width} {frame.height}", "width": frame.width, "height": frame.height}
    return element("svg", inner, xmlns="http://www.w3.org/2000/svg", role="img", **size)


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
    def of(cls, line: Line, is_log: bool, width: int) -> "_Drawn":
        """Of a line the points that the picture's width can show."""
        # A logarithm is only of positive numbers.
        reached = _within_reach(np.asarray(line.y, float))
        y = np.where(reached > 0, reached, np.nan) if is_log else reached
        return cls(line, runs_of_numbers(*fewer_points(np.asarray(line.x, float), y, width)))

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


def _grid(across: Axis, up: Axis, frame: Frame) -> Markup:
    """The frame, a faint line at every number, and the numbers."""
    bottom, right = frame.height - _BOTTOM, _LEFT + frame.inner_width
    lines, texts = [], []
    for axis in (across, up):
        for tick, place in zip(axis.ticks, axis.place(np.array(axis.ticks)), strict=True):
            if axis is across:
                lines.append(_straight(float(place), float(place), _TOP, bottom))
                texts.append(_text(float(place), bottom + 16, tick_text(tick), "middle"))
            else:
                lines.append(_straight(_LEFT, right, float(place), float(place)))
                texts.append(_text(_LEFT - 6, float(place) + 4, tick_text(tick), "end"))
    outline = element(
        "polyline", points=f"{_LEFT},{_TOP} {_LEFT},{bottom} {right},{bottom}", stroke="currentColor", fill="none"
    )
    return together(element("g", *lines, stroke="currentColor", opacity="0.15"), outline, _texts(*texts))


def _straight(left: float, right: float, top: float, bottom: float) -> Markup:
    return element("line", x1=f"{left:.1f}", x2=f"{right:.1f}", y1=f"{top:.1f}", y2=f"{bottom:.1f}")


def _text(x: float, y: float, text: str, anchor: str, turned: bool = False) -> Markup:
    turn = {"transform": f"rotate(-90 {x:g} {y:g})"} if turned else {}
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, **turn)


def _texts(*texts: Markup) -> Markup:
    return element("g", *texts, fill="currentColor", font_size="12", font_family="system-ui, sans-serif")
