"""Where a window stands on its screen: with its frame it is never outside of what the screen has free."""

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtGui import QRegion

# What systems put around a window, until it is known what this one does: a border, and a line with its title.
FRAME = QMargins(8, 40, 8, 8)
# In a smaller window parts of it have no room, and only on a smaller screen it is smaller.
LEAST = QSize(960, 620)
# On a larger screen a window of its whole size would only be stretched.
_MOST = QSize(2560, 1440)


def fills(available: QRect, least: QSize) -> bool:
    """Whether the first window is as large as the screen: where that is not more than is of use, and not too little."""
    return least.width() <= available.width() <= _MOST.width() and least.height() <= available.height() <= _MOST.height()


def first_place(available: QRect, frame: QMargins = FRAME) -> QRect:
    """The inside of a window that has, with its frame, all that is free on a screen, or the middle of a large one."""
    size = available.size().boundedTo(_MOST)
    outside = QRect(available.topLeft(), size)
    outside.moveCenter(available.center())
    return outside.marginsRemoved(frame)


def brought_back(outside: QRect, screens: Sequence[QRect]) -> QRect:
    """A window with its frame, on one of the screens as far as it fits: where it is already, if it can be seen whole.

    screens are what each has free; the first one is where windows begin.
    """
    if not screens or (QRegion(outside) - _joined(screens)).isEmpty():
        return outside
    nearest = max(screens, key=lambda screen: _area(screen & outside))
    inside = QRect(outside.topLeft(), outside.size().boundedTo(nearest.size()))
    inside.moveLeft(min(max(inside.left(), nearest.left()), nearest.right() + 1 - inside.width()))
    inside.moveTop(min(max(inside.top(), nearest.top()), nearest.bottom() + 1 - inside.height()))
    return inside


def _joined(screens: Sequence[QRect]) -> QRegion:
    region = QRegion()
    for screen in screens:
        region += screen
    return region


def _area(place: QRect) -> int:
    return place.width() * place.height() if place.isValid() else 0
