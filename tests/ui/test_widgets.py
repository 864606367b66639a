"""The small parts that views share: rows that wrap, words that are cut, axes whose numbers have room."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from nnlab.ui.views.parts.number_axis import NumberAxis, PowerAxis
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import explain, literally, without_shortcut
from nnlab.ui.widgets.flow import FlowRow

SENTENCE = "A sentence that is much too long for so narrow a place"


def with_parts(row: FlowRow, count: int) -> list[QWidget]:
    """So many controls of 100 x 20 pixels in the row."""
    parts = [QWidget() for _ in range(count)]
    for part in parts:
        part.setFixedSize(100, 20)
        row.addWidget(part)
    return parts


def test_controls_go_on_in_the_next_line(qtbot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = FlowRow(spacing=10)
    parts = with_parts(row, 4)
    holder.setLayout(row)
    row.setGeometry(QRect(0, 0, 330, 100))
    assert [(part.x(), part.y()) for part in parts] == [(0, 0), (110, 0), (220, 0), (0, 25)]
    assert row.heightForWidth(330) == 45
    assert row.heightForWidth(100) == 4 * 20 + 3 * 5
    parts[1].hide()
    row.setGeometry(QRect(0, 0, 330, 100))
    assert [(part.x(), part.y()) for part in parts[2:]] == [(110, 0), (220, 0)]


def test_the_filler_takes_what_is_left_of_a_line_else_a_line_of_its_own(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row, text = FlowRow(spacing=10), Elided()
    text.setText(SENTENCE)
    row.add_filler(text)
    parts = with_parts(row, 3)
    holder.setLayout(row)
    row.setGeometry(QRect(0, 0, 700, 100))
    assert (text.x(), text.width()) == (0, 700 - 3 * 110)
    assert [part.x() for part in parts] == [380, 490, 600]
    row.setGeometry(QRect(0, 0, 300, 100))
    assert [(part.x(), part.y()) for part in parts] == [(0, 0), (110, 0), (0, 25)]
    assert (text.x(), text.width()) == (110, 190)
    assert row.heightForWidth(300) == 45
    row.setGeometry(QRect(0, 0, 250, 100))
    assert [(part.x(), part.y()) for part in parts] == [(0, 0), (110, 0), (0, 25)]
    assert (text.x(), text.y(), text.width()) == (0, 50, 250)
    assert row.heightForWidth(250) == 50 + text.height()


def test_a_row_in_a_row_gets_the_lines_it_needs(qtbot: QtBot) -> None:
    holder, inside = QWidget(), QWidget()
    qtbot.addWidget(holder)
    inner, outer = FlowRow(spacing=10), FlowRow(spacing=10)
    for _ in range(3):
        part = QWidget()
        part.setFixedSize(100, 20)
        inner.addWidget(part)
    inside.setLayout(inner)
    outer.addWidget(inside)
    holder.setLayout(outer)
    assert outer.heightForWidth(320) == 20
    assert outer.heightForWidth(220) == 45


def test_words_that_do_not_fit_end_in_dots_and_hovering_shows_them_all(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, widget: shown.append(text))
    line = Elided("muted")
    qtbot.addWidget(line)
    line.setText(SENTENCE)
    line.resize(120, 20)
    assert line.text() == SENTENCE
    assert line.shown.endswith("…") and SENTENCE.startswith(line.shown[:-1])
    assert QFontMetricsF(line.font()).horizontalAdvance(line.shown) <= 120
    assert line.minimumSizeHint().width() == 1
    hover = QHelpEvent(QEvent.Type.ToolTip, QPoint(3, 3), QPoint(3, 3))
    QApplication.sendEvent(line, hover)
    line.resize(1000, 20)
    assert line.shown == SENTENCE
    QApplication.sendEvent(line, hover)
    assert shown == [literally(SENTENCE), ""]
    assert not line.grab().isNull()


def test_explanations_wrap_and_are_no_markup(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    explain(widget, "p(v) < 1\nand more")
    assert widget.toolTip() == "<p>p(v) &lt; 1</p><p>and more</p>"
    explain(widget, "")
    assert widget.toolTip() == ""


def test_what_looks_like_markup_is_read_as_it_stands(qtbot: QtBot) -> None:
    name = "<b>x</b> & <img src='x'>  &amp;"
    document = QTextDocument()
    document.setHtml(literally(name))
    assert document.toPlainText() == name
    assert literally("") == ""
    made = label(name)
    qtbot.addWidget(made)
    assert made.sizeHint().width() >= made.fontMetrics().horizontalAdvance(name)
    button = QPushButton(without_shortcut("salt & pepper"))
    qtbot.addWidget(button)
    assert button.text().replace("&&", "&") == "salt & pepper" and button.shortcut().isEmpty()


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("orientation", ["bottom", "left"])
@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 1), (513, 514), (0, 10), (760, 770), (0, 0.9), (-3.7, 8.2), (0, 468_750), (59_990, 60_010), (-67.28, -67.26)],
)
def test_numbers_of_an_axis_have_room(qtbot: QtBot, low: float, high: float, orientation: str, whole: bool) -> None:
    axis, metrics = NumberAxis(orientation, whole), QFontMetricsF(QFont())
    for size in (45, 90, 300, 1200):
        ((spacing, ticks),) = axis.tickValues(low, high, size)
        texts = axis.tickStrings(ticks, 1.0, spacing)
        pixels = spacing / (high - low) * size
        across = max(map(metrics.horizontalAdvance, texts), default=0)
        taken = across if orientation == "bottom" else metrics.height()
        assert len(texts) < 2 or pixels > taken + 3
        assert len(set(texts)) == len(texts)
        assert not whole or all(float(tick).is_integer() for tick in ticks)
        # As many as there is room for: at least two where it is wide.
        assert len(texts) >= 2 or size < 300 or (whole and high - low < 1)


def test_a_range_that_is_none_has_no_numbers(qtbot: QtBot) -> None:
    for low, high in ((1.0, 1.0), (0.0, np.nan), (0.0, np.inf)):
        assert NumberAxis("bottom").tickSpacing(low, high, 100) == []


@pytest.mark.parametrize("orientation", ["left", "bottom"])
def test_another_title_stands_in_the_middle_of_the_axis_as_the_one_before(qtbot: QtBot, orientation: str) -> None:
    axis = NumberAxis(orientation)
    axis.resize(300.0, 300.0)
    for title in ("loss", "reconstruction error", "loss"):
        axis.setLabel(title)
        place = axis.label.mapRectToParent(axis.label.boundingRect()).center()
        assert abs((place.y() if orientation == "left" else place.x()) - 150) < 2


def test_powers_are_raised(qtbot: QtBot) -> None:
    assert PowerAxis("left").tickStrings([-10, -3, 0, 2], 1.0, 1.0) == ["10⁻¹⁰", "10⁻³", "1", "10²"]


def test_where_there_is_no_room_for_a_text_a_shorter_one_stands_and_all_of_it_is_told(qtbot: QtBot) -> None:
    line = Elided()
    qtbot.addWidget(line)
    line.offer("the views show step 5, three steps ago", "step 5, three steps ago", "step 5")
    room = line.fontMetrics().horizontalAdvance
    for width, shown in (
        (room(line.text()), "the views show step 5, three steps ago"),
        (room("step 5, three steps ago") + 3, "step 5, three steps ago"),
        (room("step 5") + 3, "step 5"),
    ):
        line.resize(width, 20)
        assert line.shown == shown
    line.resize(room("step"), 20)
    assert line.shown.endswith("…") and line.text() == "the views show step 5, three steps ago"
    line.setText("something that is long and has no shorter way")
    assert line.shown.startswith("s") and "step 5" not in line.shown
