"""The confusion matrix in panes of any shape: its labels stand at its cells, and say as much as there is room for."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontInfo, QFontMetrics
from PySide6.QtWidgets import QWidget

from nnlab.probes import Moment
from nnlab.probes.confusion import ConfusionMatrix
from nnlab.ui.views.confusion import ConfusionView

NAMES = ("cat", "dog", "rabbit")


def shown(qtbot, size: tuple[int, int], names: tuple[str, ...] = NAMES) -> ConfusionView:
    frame = QWidget()
    qtbot.addWidget(frame)
    frame.resize(1200, 900)
    view = ConfusionView()
    view.setParent(frame)
    view.frame = frame  # or it would go, and the view with it
    view.resize(*size)
    view._names = names
    view._make_cells(names)
    frame.show()
    view.take(ConfusionMatrix(Moment(step=90, end_of=3), np.diag([5] * len(names)), names))
    view.canvas.grab()
    return view


def labels(view: ConfusionView, side: str) -> list[str]:
    return [text for _, text in view._plot.getAxis(side)._tickLevels[0]]


def distances(view: ConfusionView) -> tuple[float, float]:
    """How many pixels the cells are away from the axes with the labels."""
    box = view._plot.getViewBox()
    corner, axes = box.mapViewToScene(QPointF(0, len(NAMES))), box.sceneBoundingRect().bottomLeft()
    return abs(corner.x() - axes.x()), abs(corner.y() - axes.y())


@pytest.mark.parametrize("size", [(700, 250), (300, 600), (500, 300), (1100, 800)], ids=str)
def test_the_labels_stand_at_the_cells(qtbot, size: tuple[int, int]) -> None:
    view = shown(qtbot, size)
    qtbot.waitUntil(lambda: max(distances(view)) < 12)
    # After the pane has become another one, too.
    view.resize(*reversed(size))
    view.canvas.grab()
    qtbot.waitUntil(lambda: max(distances(view)) < 12)


def test_columns_go_by_name_where_the_names_fit_and_else_by_numbers_that_the_rows_tell(qtbot) -> None:
    def are(columns: list[str], rows: list[str]) -> bool:
        return (labels(view, "bottom"), labels(view, "left")) == (columns, rows)

    view = shown(qtbot, (600, 500))
    # The table that the view has no room for goes at the next turn of the event loop.
    qtbot.waitUntil(lambda: are(list(NAMES), list(NAMES)))
    view.resize(240, 200)
    qtbot.waitUntil(lambda: are(["0", "1", "2"], ["cat  0", "dog  1", "rabbit  2"]))
    view.resize(600, 500)
    qtbot.waitUntil(lambda: are(list(NAMES), list(NAMES)))


def test_in_small_cells_names_do_not_lie_on_each_other(qtbot) -> None:
    digits = tuple(map(str, range(10)))
    view = shown(qtbot, (400, 170), digits)
    side = view._plot.getViewBox().height() / 10
    (first, _), (second, _) = view._plot.getAxis("left")._tickLevels[0][:2]
    assert (second - first) * side >= QFontMetrics(view.font()).ascent() - 1
    view.resize(600, 500)
    view.canvas.grab()
    assert labels(view, "left") == labels(view, "bottom") == list(digits)


def test_in_a_low_pane_cells_are_wide_so_that_numbers_stand_in_them(qtbot) -> None:
    digits = tuple(map(str, range(10)))
    view = shown(qtbot, (450, 170), digits)
    box = view._plot.getViewBox()
    qtbot.waitUntil(lambda: box.width() > 2 * box.height())
    assert view._numbers[0].isVisible() and view._numbers[0].textItem.font().pixelSize() <= box.height() / 10
    # Where it is not low they are square.
    view.resize(450, 450)
    view.canvas.grab()
    qtbot.waitUntil(lambda: abs(box.width() - box.height()) < 3)


def test_the_accuracy_is_what_a_narrow_pane_shows_first(qtbot) -> None:
    assert shown(qtbot, (600, 500)).readout.text() == "accuracy 100.0% · 15 validation examples as of the end of epoch 3"


def test_the_scores_of_all_classes_are_in_sight_and_none_is_cut(qtbot) -> None:
    for height in (330, 700):
        view = shown(qtbot, (790, height), tuple(map(str, range(10))))
        table = view.table
        qtbot.waitUntil(lambda table=table: table.isVisible() and table.verticalScrollBar().maximum() == 0)
        widths = [table.sizeHintForColumn(column) for column in range(4)]
        heads = [table.horizontalHeader().sectionSizeHint(column) for column in range(4)]
        for column, needed in enumerate(map(max, widths, heads)):
            assert table.columnWidth(column) >= needed


def test_of_too_many_classes_a_sentence_says_why_nothing_is_shown(qtbot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    names = tuple(map(str, range(1001)))
    view.take(ConfusionMatrix(Moment(), np.zeros((0, 0), int), names, problem="1,001 are too many."))
    assert view.is_empty
    assert view._empty.isVisibleTo(view) and view._empty.text() == "1,001 are too many."
    view._names = NAMES
    view._make_cells(NAMES)
    view.take(ConfusionMatrix(Moment(step=90, end_of=3), np.diag([5, 5, 5]), NAMES))
    assert not view.is_empty and not view._empty.isVisibleTo(view)


def letters(view: ConfusionView) -> int:
    """How many pixels high the numbers are, each in its cell; 0 where there are none, -1 where one reaches out."""
    text, box = view._numbers[0], view._plot.getViewBox()
    cell = box.mapViewToScene(QPointF(1, 0)).x() - box.mapViewToScene(QPointF(0, 0)).x()
    if not text.isVisible():
        return 0
    font = text.textItem.font()
    return font.pixelSize() if QFontMetrics(font).horizontalAdvance("1,888") <= cell else -1


def test_a_number_never_reaches_out_of_its_cell(qtbot) -> None:
    names = tuple("0123456789")
    view = shown(qtbot, (740, 740), names)
    view.take(ConfusionMatrix(Moment(step=90, end_of=3), np.full((10, 10), 1888), names))
    # Whole letters, none, smaller ones; and back again, without another answer.
    whole = QFontInfo(view.font()).pixelSize()
    for side, are_right in (
        (740, lambda found: found == whole),
        (250, lambda found: found == 0),
        (420, lambda found: 0 < found < whole),
        (740, lambda found: found == whole),
    ):
        view.resize(side, side)
        view.canvas.grab()
        qtbot.waitUntil(lambda are_right=are_right: are_right(letters(view)))
