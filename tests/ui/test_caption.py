"""Captions of plots that stand beside each other."""

from PySide6.QtWidgets import QApplication

from nnlab.ui.theme import LIGHT
from nnlab.ui.views.parts.caption import Caption


def test_captions_beside_each_other_are_as_high_as_the_higher(qapp: QApplication) -> None:
    left, right, alone = (Caption("one line") for _ in range(3))
    left.stand_beside(right)
    right.stand_beside(left)
    single = alone.minimumHeight()
    assert left.minimumHeight() == right.minimumHeight() == single > 0
    right.show_text("one<br>two<br>three", LIGHT)
    assert left.minimumHeight() == right.minimumHeight() > 2 * single
    # And back again.
    right.show_text("one", LIGHT)
    assert left.minimumHeight() == right.minimumHeight() == single
    assert alone.minimumHeight() == single
