"""Looks through all widgets of a window for what is cut, lies on something else, or is out of sight."""

import re
from collections.abc import Iterator
from itertools import combinations

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QMenuBar,
    QRubberBand,
    QScrollBar,
    QSizeGrip,
    QSplitterHandle,
    QTableView,
    QWidget,
)

from nnlab.ui.setup.section import SectionLine
from nnlab.ui.views.curves.floating_readout import FloatingReadout
from nnlab.ui.views.curves.said import Said
from nnlab.ui.widgets.elided import LESS, Elided

# What is made to lie over others.
_ABOVE = (FloatingReadout, Said, QRubberBand, QSizeGrip, QSplitterHandle, QScrollBar)
# Rounding, and frames that are laid over each other on purpose.
_SLACK = 2


def faults(window: QWidget) -> list[str]:
    """A sentence for each, which names the widget by its place; none where everything has its place."""
    found: list[str] = []
    for widget in _visible(window):
        found += [f"{_name(widget)}: {fault}" for fault in _cut(widget)]
        found += [f"{_name(widget)}: {fault}" for fault in _out_of_sight(widget, window)]
        found += [f"{_name(widget)}: {fault}" for fault in _overlapping(widget)]
    return found


def _visible(window: QWidget) -> Iterator[QWidget]:
    yield window
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window and not widget.size().isEmpty():
            yield widget


def _name(widget: QWidget) -> str:
    """The classes from the window down to it, and what it is called."""
    names = []
    at: QWidget | None = widget
    while at is not None and not at.isWindow():
        names.append(at.accessibleName() or type(at).__name__)
        at = at.parentWidget()
    return " > ".join(reversed(names[:4])) or type(widget).__name__


def _cut(widget: QWidget) -> Iterator[str]:
    """Words that have no room."""
    metrics = widget.fontMetrics()
    if isinstance(widget, Elided):
        if widget.shown.endswith("…") and not widget.shown.endswith(LESS) and carries_value(widget.text()):
            yield f"{widget.text()!r} is shown as {widget.shown!r}"
    elif isinstance(widget, SectionLine):
        if widget.shown.endswith("…") and not widget.shown.endswith(LESS) and carries_value(widget.text()):
            yield f"of {widget.text()!r} is shown {widget.shown!r}"
    elif isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
        needed = _needed(widget)
        if needed.width() > widget.width() + _SLACK or needed.height() > widget.height() + _SLACK:
            yield f"{widget.text()!r} needs {needed.toTuple()} and has {widget.size().toTuple()}"
    elif isinstance(widget, QAbstractButton) and widget.text() and type(widget).sizeHint is not None:
        needed = widget.minimumSizeHint().expandedTo(
            QSize(metrics.horizontalAdvance(_plain(widget.text())), metrics.height())
        )
        if metrics.horizontalAdvance(_plain(widget.text())) > widget.width() or metrics.ascent() > widget.height():
            yield f"the button {widget.text()!r} needs {needed.toTuple()} and has {widget.size().toTuple()}"
    elif isinstance(widget, QComboBox):
        if metrics.horizontalAdvance(widget.currentText()) > widget.width() - 24:
            yield f"the choice {widget.currentText()!r} has {widget.width()} pixels"
    elif isinstance(widget, QAbstractSpinBox):
        if metrics.horizontalAdvance(widget.text()) > widget.width() - 8:
            yield f"the number {widget.text()!r} has {widget.width()} pixels"
    elif isinstance(widget, QTableView):
        yield from _cut_cells(widget)
    elif isinstance(widget, QGraphicsView):
        yield from _cut_items(widget)


def carries_value(text: str) -> bool:
    """A number, or a name that somebody gave: what cannot be guessed from its beginning."""
    return bool(re.search(r"\d", text))


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _needed(label: QLabel) -> QSize:
    if label.wordWrap():
        # Of a label whose width is not its own the height for that width.
        return QSize(0, label.heightForWidth(label.width()))
    return label.sizeHint()


def _cut_cells(table: QTableView) -> Iterator[str]:
    """Of the columns and rows that can be seen heads and cells."""
    model, view = table.model(), table.viewport().rect()
    if model is None:
        return
    header: QHeaderView = table.horizontalHeader()
    for column in range(model.columnCount()):
        if table.isColumnHidden(column):
            continue
        left, width = table.columnViewportPosition(column), table.columnWidth(column)
        if left < view.left() or left + width > view.right() + 2:
            continue
        head = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        if header.isVisible() and max(map(QFontMetrics(header.font()).horizontalAdvance, head.split("\n"))) > width:
            yield f"the head {head!r} has {width} pixels"
        for row in range(model.rowCount()):
            if not view.contains(QPoint(view.left(), table.rowViewportPosition(row))):
                continue
            text = str(model.index(row, column).data() or "")
            if carries_value(text) and table.fontMetrics().horizontalAdvance(text) > width * table.columnSpan(row, column):
                yield f"the cell {text!r} in row {row} has {width} pixels"


def _cut_items(view: QGraphicsView) -> Iterator[str]:
    """Texts of a picture that its edge cuts."""
    room = QRectF(view.viewport().rect()).adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
    for item in view.items():
        if isinstance(item, QGraphicsTextItem) and item.isVisible() and item.toPlainText().strip() and item.opacity():
            place = view.mapFromScene(item.sceneBoundingRect()).boundingRect().toRectF()
            # The room around its words is no word.
            margin = item.document().documentMargin()
            place.adjust(margin, margin, -margin, -margin)
            if place.intersects(room) and not room.contains(place) and not isinstance(item.parentItem(), pg.ViewBox):
                yield f"{item.toPlainText()!r} in the picture is cut"


def _out_of_sight(widget: QWidget, window: QWidget) -> Iterator[str]:
    """Beyond the edge of what it lies in, unless that scrolls."""
    at = widget.parentWidget()
    if widget.isWindow() or at is None or isinstance(widget, _ABOVE) or _is_qt_s_own(widget):
        return
    if isinstance(at.parentWidget(), QAbstractScrollArea) and at.parentWidget().viewport() is at:
        return
    if not at.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(widget.geometry()):
        yield f"{widget.geometry().getRect()} reaches beyond {at.size().toTuple()}"


def _overlapping(parent: QWidget) -> Iterator[str]:
    if isinstance(parent, (QAbstractScrollArea, QAbstractSpinBox, QComboBox, QMenuBar)):
        return
    children = [
        child
        for child in parent.children()
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow() and not child.size().isEmpty()
    ]
    lying = [child for child in children if not isinstance(child, _ABOVE) and not _is_qt_s_own(child)]
    for one, other in combinations(lying, 2):
        shared: QRect = one.geometry() & other.geometry()
        if shared.width() > _SLACK and shared.height() > _SLACK:
            yield f"{_name(one)} lies on {_name(other)} by {shared.size().toTuple()}"


def _is_qt_s_own(widget: QWidget) -> bool:
    """Parts of Qt's widgets that these lay out themselves."""
    return widget.objectName().startswith("qt_") or type(widget).__name__ in ("QTabBar", "QToolBarExtension")
