"""Ticked runs: each has a colour of its own, keeps it, and no eye takes it for the present run's."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from nnlab.models.arrays import Array
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import CLASS_COLORS, DARK, LIGHT, RUN_COLORS, Theme, rgb
from nnlab.ui.ticked import Ticked
from nnlab.ui.views.curves.run_pen import run_pen

# What a red-blind and a green-blind eye make of linear red, green and blue (Machado, Oliveira and Fernandes 2009).
EYES = {
    "full": np.eye(3),
    "red-blind": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]]),
    "green-blind": np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color: str) -> Array:
    share = rgb(color) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(color: str, eye: str) -> Array:
    """CIELAB: a distance of 2 can just be seen between large patches."""
    scaled = TO_XYZ @ np.clip(EYES[eye] @ linear(color), 0, 1) / (0.9505, 1.0, 1.089)
    x, y, z = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: str, other: str, eye: str) -> float:
    return float(np.linalg.norm(lab(one, eye) - lab(other, eye)))


@pytest.mark.parametrize("eye", EYES)
def test_every_eye_tells_runs_apart_and_from_the_present_one(eye: str) -> None:
    assert min(difference(*pair, eye) for pair in combinations(RUN_COLORS[:7], 2)) > 20
    assert min(difference(*pair, eye) for pair in combinations(RUN_COLORS, 2)) > 10
    present = (LIGHT.accent, DARK.accent, LIGHT.text, DARK.text, CLASS_COLORS[0])
    assert min(difference(color, taken, eye) for color in RUN_COLORS for taken in present) > 13


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_run_is_seen_on_what_it_is_drawn_on(theme: Theme) -> None:
    ground = TO_XYZ[1] @ linear(theme.surface)
    for color in RUN_COLORS:
        darker, lighter = sorted((TO_XYZ[1] @ linear(color), ground))
        assert (lighter + 0.05) / (darker + 0.05) > 2.2


def test_a_run_keeps_its_colour_while_others_come_and_go() -> None:
    ticked, changes = Ticked(), []
    ticked.changed.connect(lambda: changes.append(ticked.numbers))
    for number in (7, 3, 12):
        ticked.tick(number, True)
    assert ticked.numbers == (7, 3, 12) and len({ticked.color_of(number).name() for number in (7, 3, 12)}) == 3
    kept = ticked.color_of(12)
    ticked.tick(3, False)
    assert ticked.color_of(12) == kept and not ticked.color_of(3).isValid()
    # The colour that became free is the next one's.
    ticked.tick(40, True)
    assert ticked.color_of(40) == QColor(RUN_COLORS[1]) and ticked.color_of(12) == kept
    ticked.tick(40, True)
    ticked.tick(3, False)
    assert changes == [(7,), (7, 3), (7, 3, 12), (7, 12), (7, 12, 40)]
    ticked.clear()
    ticked.clear()
    assert changes[5:] == [()]


def test_more_runs_than_colours_share_them_and_the_second_of_a_colour_is_drawn_in_dashes() -> None:
    ticked, count = Ticked(), len(RUN_COLORS)
    for number in range(1, 2 * count + 1):
        ticked.tick(number, True)
    colors = [ticked.color_of(number).name().upper() for number in ticked.numbers]
    assert colors == [*RUN_COLORS, *RUN_COLORS]
    assert [ticked.round_of(number) for number in ticked.numbers] == [0] * count + [1] * count
    pens = [run_pen(QColor("red"), each, is_validation=of).dashPattern() for each in (0, 1) for of in (False, True)]
    assert len({tuple(pen) for pen in pens}) == 4
    # The look that becomes free is the next one's.
    ticked.tick(3, False)
    ticked.tick(99, True)
    assert (ticked.color_of(99), ticked.round_of(99)) == (QColor(RUN_COLORS[2]), 0)


def test_a_window_has_one_list_of_ticked_runs(xor: MainWindow) -> None:
    assert xor.session.ticked.numbers == ()
