"""Where the window stands: as large as the screen lets it, frame and all, and never where nobody can reach it."""

import pytest
from PySide6.QtCore import QMargins, QRect, QSize

from nnlab.ui.placing import FRAME, LEAST, brought_back, fills, first_place
from nnlab.ui.remembered import remember_frame, remembered_frame
from tests.ui.test_remembered import kept

SCREEN, RIGHT = QRect(0, 0, 1920, 1080), QRect(1920, 0, 1280, 1024)


@pytest.mark.parametrize("size", [(1280, 800), (1280, 768), (1440, 900), (1920, 1080), (2560, 1440), (5120, 2160)])
def test_the_first_window_with_its_frame_is_within_what_is_free(size: tuple[int, int]) -> None:
    available = QRect(0, 28, size[0], size[1] - 28)
    outside = first_place(available).marginsAdded(FRAME)
    assert available.contains(outside)
    assert outside.size() == available.size().boundedTo(QSize(2560, 1440))


def test_it_fills_usual_screens_and_neither_a_huge_one_nor_one_that_is_too_small() -> None:
    sizes = [(1280, 800), (1920, 1080), (2560, 1440), (3440, 1440), (800, 600)]
    assert [fills(QRect(0, 0, *size), LEAST) for size in sizes] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("outside", "back"),
    [
        (QRect(100, 50, 1600, 900), QRect(100, 50, 1600, 900)),  # it can be seen whole
        (QRect(1500, 40, 1000, 700), QRect(1500, 40, 1000, 700)),  # whole, on two screens
        (QRect(4000, 300, 1000, 700), QRect(920, 300, 1000, 700)),  # its screen is gone
        (QRect(-300, -80, 1000, 700), QRect(0, 0, 1000, 700)),  # the line with the title is out of reach
        (QRect(0, 0, 2560, 1400), QRect(0, 0, 1920, 1080)),  # the screen was larger
        (QRect(2500, 500, 1000, 700), QRect(2200, 324, 1000, 700)),  # on the screen where most of it is
    ],
)
def test_a_window_that_cannot_be_reached_is_brought_back(outside: QRect, back: QRect) -> None:
    assert brought_back(outside, [SCREEN, RIGHT]) == back


def test_the_frame_of_the_last_window_is_known_at_the_next_start(tmp_path) -> None:
    memory = kept(tmp_path)
    assert remembered_frame(memory) == FRAME
    remember_frame(memory, QRect(10, 40, 1000, 700), QRect(8, 12, 1005, 730))
    assert remembered_frame(memory) == QMargins(2, 28, 3, 2)
    for nonsense in ("", "1 2", "a b c d", "-5 0 0 0", "0 9999 0 0"):
        memory.setValue("frame", nonsense)
        assert remembered_frame(memory) == FRAME
