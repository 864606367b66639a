"""What the pen does to the points, by hand-computed distances."""

import numpy as np
import pytest

from nnlab.datasets.drawn import MOST_POINTS
from nnlab.ui.views.boundary.stroke import Stroke

ROWS = ((0.0, 0.0, 0.0), (0.5, 0.0, 1.0), (0.5, 0.5, 1.0))


def stroke(tool: str, *path: tuple[float, float], rows: tuple = ROWS, label: int = 2, reach: float = 1.0) -> tuple:
    made = Stroke(tool, label, rows, reach, np.random.default_rng(0))
    for place in path:
        made.go_to(*place)
    return made.rows


def test_a_click_paints_one_point_of_the_class_below_the_others() -> None:
    assert stroke("paint", (0.1, -0.7)) == (*ROWS, (0.1, -0.7, 2.0))


def test_a_drag_paints_points_at_even_distances_however_fast_the_hand_is() -> None:
    slow = stroke("paint", (0.0, 0.5), *[(0.02 * step, 0.5) for step in range(1, 36)], rows=())
    fast = stroke("paint", (0.0, 0.5), (0.7, 0.5), rows=())
    assert len(slow) >= 9 and len(fast) == 10
    for rows in (slow, fast):
        gaps = np.diff([row[0] for row in rows])
        assert (gaps >= 0.069).all()


def test_nothing_is_painted_outside_of_the_plane_or_beyond_what_a_file_holds() -> None:
    assert stroke("paint", (1.2, 0.0)) == ROWS
    full = ((0.0, 0.0, 0.0),) * MOST_POINTS
    assert len(stroke("spray", (0.0, 0.0), rows=full)) == MOST_POINTS


def test_the_spray_stays_around_the_mouse_and_in_the_plane() -> None:
    rows = stroke("spray", (0.9, 0.9), (0.2, 0.9), rows=())
    assert len(rows) > 20
    assert all(max(abs(x), abs(y)) <= 1 for x, y, _ in rows)
    assert np.mean([y for _, y, _ in rows]) == pytest.approx(0.85, abs=0.1)


def test_the_eraser_takes_what_it_passes_and_nothing_else() -> None:
    assert stroke("erase", (0.03, 0.03)) == ROWS[1:]
    assert stroke("erase", (0.5, -0.3), (0.5, 0.3)) == (ROWS[0], ROWS[2])
    assert stroke("erase", (0.5, -0.3), (0.5, 0.9)) == (ROWS[0],)


def test_moving_takes_the_nearest_point_along_and_keeps_its_class_and_place_in_line() -> None:
    assert stroke("move", (0.48, 0.03), (0.0, 0.4), (-0.2, 0.8)) == (ROWS[0], (-0.2, 0.8, 1.0), ROWS[2])
    assert stroke("move", (-0.5, -0.5), (0.5, 0.5)) == ROWS


def test_a_point_cannot_be_moved_out_of_the_plane() -> None:
    assert stroke("move", (0.0, 0.0), (-3.0, 0.2))[0] == (-1.0, 0.2, 0.0)


def test_a_larger_plane_has_a_larger_eraser() -> None:
    assert len(stroke("erase", (0.3, 0.0), reach=1.0)) == 3
    assert stroke("erase", (0.3, 0.0), reach=6.0) == ROWS[2:]
