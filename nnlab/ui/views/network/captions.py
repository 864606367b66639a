"""The words of the network diagram: what each column is, how far its colours reach, what the outputs say."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from nnlab.models.layers.sequence import readable_name
from nnlab.probes.columns import INPUT, RECONSTRUCTION, Column, column_at
from nnlab.probes.network import NetworkNumbers
from nnlab.ui.theme import signed_lut
from nnlab.ui.views.network.column_images import shows_classes
from nnlab.ui.views.network.drawn_network import DrawnNetwork
from nnlab.ui.views.network.layout import BOTTOM, TOP, Frame, has_branches, has_legend, is_list, least_lanes, least_width
from nnlab.ui.views.parts.layer_names import in_one_word
from nnlab.ui.views.parts.outline import paint_outline
from nnlab.words import figure, percent, signed

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_BAR = 54
_WIDEST_NAME = 72
_EDGE = 4
# Between a unit, its name, its bar and its number.
_SPACE = 8
_GAP_OF_LEGEND = "   ·   "
_NUMBER = "100.0%"
# Of the diagram's width, for the names of the inputs.
_SHARE_OF_NAMES = 0.2


class NetworkCaptions:
    """Paints them; made once."""

    def caption_rect(self, frame: Frame) -> QRectF:
        """Above a column, as wide as its share of the diagram: it ends where its neighbours' begin."""
        centre, (left, right) = frame.x + frame.width / 2, frame.room
        half = min(centre - left, right - centre, 90.0) - 3
        return QRectF(centre - half, max(frame.y - TOP, 0), 2 * half, TOP - 6)

    def paint(self, painter: QPainter, diagram: DrawnNetwork) -> None:
        """All words."""
        picture = diagram.picture
        assert picture is not None
        for index in range(len(picture.columns)):
            self._paint_caption(painter, diagram, index)
            self._paint_scale(painter, diagram, index)
            is_joined = picture.columns[index].joins is not None
            if index and not is_joined and not diagram.has_lines(index) and index != diagram.fanned:
                self._paint_band_text(painter, diagram, index)
        self._paint_inputs(painter, diagram)
        self._paint_outputs(painter, diagram)
        self._paint_legend(painter, diagram)

    def _paint_caption(self, painter: QPainter, diagram: DrawnNetwork, place: int) -> None:
        picture = diagram.picture
        assert picture is not None
        column, rect = picture.columns[place], self.caption_rect(diagram.frames[place])
        is_selected = column_at(picture.columns, diagram.selection.layer) == place
        subtitles = _subtitles(column, picture.totals[place], diagram.gradients)
        painter.setPen(QColor(diagram.theme.text))
        first, second = (QRectF(rect.x(), rect.y() + top, rect.width(), 16) for top in (0, 16))
        # Layers of one kind differ in the number at the end.
        title = _fitting(diagram, _titles(picture.columns, place), first.width())
        _draw(painter, diagram, first, _CENTRE, title, Qt.TextElideMode.ElideMiddle)
        if is_selected:
            wide = min(diagram.metrics().horizontalAdvance(title) + 10, first.width())
            paint_outline(painter, QRectF(first.center().x() - wide / 2, first.y() - 1, wide, 17), diagram.theme, 1)
        painter.setPen(QColor(diagram.theme.muted))
        _draw(painter, diagram, second, _CENTRE, _fitting(diagram, subtitles, second.width()))

    def _paint_scale(self, painter: QPainter, diagram: DrawnNetwork, place: int) -> None:
        """How far the colours of a column reach."""
        picture, frame = diagram.picture, diagram.frames[place]
        assert picture is not None
        if frame.style == "picture" and not diagram.gradients:
            return
        centred = picture.field_starts[place] >= 0 and picture.columns[place].gives_probabilities
        is_field = centred and not diagram.gradients and frame.style == "list"
        text = ("0 … 1" if shows_classes(picture, place) else "½ ± ½") if is_field else f"±{figure(diagram.bound(place), 3)}"
        painter.setPen(QColor(diagram.theme.muted))
        room = self.caption_rect(frame)
        # Half a number would be another one.
        if diagram.metrics().horizontalAdvance(text) <= room.width():
            painter.drawText(QRectF(room.x(), frame.y + frame.height + 3, room.width(), 16), _CENTRE, text)

    def _paint_band_text(self, painter: QPainter, diagram: DrawnNetwork, place: int) -> None:
        """The shape of the weights between two columns, where there is room for it."""
        picture = diagram.picture
        assert picture is not None
        column, frame = picture.columns[place], diagram.frames[place]
        before = diagram.frames[column.sources[0]]
        left, right = before.x + before.width, frame.x
        text = _band_text(picture.columns, picture.totals, place)
        metrics = diagram.metrics()
        lines = [line for line in text.split("\n") if line]
        wide = max(metrics.horizontalAdvance(line) for line in lines)
        middle = (before.y + before.height / 2 + frame.y + frame.height / 2) / 2
        ink = QRectF((left + right - wide) / 2, middle - len(lines) * 8, wide, len(lines) * 16)
        # In a lane the caption of another may lie there, or a way around it.
        taken = any(ink.intersects(self.caption_rect(other)) for other in diagram.frames)
        if wide > right - left - 8 or taken or any(joint.ink.intersects(ink) for joint in diagram.joints):
            return
        painter.setPen(QColor(diagram.theme.text if column.learns and picture.phase else diagram.theme.muted))
        for number, line in enumerate(lines):
            top = middle + (number - len(lines) / 2) * 16
            painter.drawText(QRectF(left, top, right - left, 16), _CENTRE, line)

    def _paint_inputs(self, painter: QPainter, diagram: DrawnNetwork) -> None:
        """The names of the columns of a table beside the inputs."""
        picture = diagram.picture
        assert picture is not None
        frame, column = diagram.frames[0], picture.columns[0]
        if frame.style != "list" or len(column.shape) != 1:
            return
        names = [picture.names.name(unit) for unit in range(frame.count)]
        painter.setPen(QColor(diagram.theme.text))
        for unit in _named(names, frame, diagram.metrics()):
            rect = frame.unit_rect(unit)
            place = QRectF(_EDGE, rect.center().y() - 8, rect.left() - 6 - _EDGE, 16)
            _draw(painter, diagram, place, _RIGHT, names[unit])

    def room_for_inputs(self, picture: NetworkNumbers, metrics: QFontMetricsF, size: QSizeF) -> float:
        """How wide the inputs' names are, of long ones a share of the diagram."""
        column = picture.columns[0]
        if len(column.shape) != 1 or not is_list(column.size, size.height()):
            return 0
        widest = max(metrics.horizontalAdvance(picture.names.name(unit)) for unit in range(column.size))
        return min(widest + 8, max(_SHARE_OF_NAMES * size.width(), 24))

    def least_size(self, picture: NetworkNumbers, metrics: QFontMetricsF) -> QSizeF:
        """What a diagram with branches needs to be read, outputs and all; one of columns in a row bears to be squeezed."""
        if not has_branches(picture.columns):
            return QSizeF(0, 0)
        size = QSizeF(least_width(picture.columns), least_lanes(picture.columns))
        ends = self.room_for_inputs(picture, metrics, size)
        # A pane may be higher, and show them.
        if picture.outputs and is_list(picture.columns[-1].size, math.inf):
            ends += _whole_room(_name_width(_output_names(picture), metrics), metrics)
        return QSizeF(size.width() + ends, size.height())

    def room_for_outputs(self, picture: NetworkNumbers, metrics: QFontMetricsF, size: QSizeF) -> float:
        """How wide the outputs' names, bars and numbers are; without bars and numbers, or without names, where the columns
        need the room.
        """
        least = _SPACE * 3
        if not picture.outputs or not is_list(picture.columns[-1].size, size.height()):
            return least
        free = size.width() - self.room_for_inputs(picture, metrics, size) - least_width(picture.columns)
        name = _name_width(_output_names(picture), metrics)
        return next((room for room in (_whole_room(name, metrics), _name_room(name)) if room <= free), least)

    def _paint_outputs(self, painter: QPainter, diagram: DrawnNetwork) -> None:
        """Class names beside the outputs, with a bar for each probability; the true class stands out."""
        picture = diagram.picture
        assert picture is not None
        frame, names, metrics = diagram.frames[-1], _output_names(picture), diagram.metrics()
        if frame.style != "list" or not names:
            return
        width = _name_width(names, metrics)
        room = diagram.size().width() - frame.rect.right()
        if room < _name_room(width):
            return
        true = picture.outputs.index(picture.label) if picture.label in picture.outputs else None
        for unit in _named(names, frame, metrics, true):
            painter.setPen(QColor(diagram.theme.text if unit == true else diagram.theme.muted))
            place = QRectF(frame.rect.right() + _SPACE, frame.unit_rect(unit).center().y() - 8, width + 1, 16)
            _draw(painter, diagram, place, _LEFT, names[unit])
        if room >= _whole_room(width, metrics):
            self._paint_values(painter, diagram, frame.rect.right() + _SPACE + width + _SPACE, true)

    def _paint_values(self, painter: QPainter, diagram: DrawnNetwork, left: float, true: int | None) -> None:
        """A bar for each probability, and the numbers where they have room."""
        picture, frame = diagram.picture, diagram.frames[-1]
        assert picture is not None
        values = picture.numbers(len(picture.columns) - 1, diagram.gradients)
        shows_bars = picture.columns[-1].gives_probabilities and not diagram.gradients
        for unit in range(frame.count):
            rect, value, x = frame.unit_rect(unit), float(values[unit]), left
            middle = rect.center().y()
            if shows_bars and np.isfinite(value):
                painter.fillRect(QRectF(x, middle - 3, _BAR, 6), QColor(diagram.theme.hover))
                color = diagram.theme.ink if unit == true else diagram.theme.faint_ink
                painter.fillRect(QRectF(x, middle - 3, _BAR * min(max(value, 0.0), 1.0), 6), QColor(color))
                x += _BAR + 6
            if rect.height() >= 10:
                painter.setPen(QColor(diagram.theme.muted))
                painter.drawText(QRectF(x, middle - 8, 84, 16), _LEFT, percent(value) if shows_bars else signed(value))

    def _paint_legend(self, painter: QPainter, diagram: DrawnNetwork) -> None:
        """What colours and lines mean."""
        picture = diagram.picture
        assert picture is not None
        if not has_legend(diagram.size().height()):
            return
        y = diagram.size().height() - BOTTOM / 2 + 4
        lut = signed_lut(diagram.theme)[:255]
        ramp = QImage(lut.tobytes(), 255, 1, 765, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(12, y + 3, 64, 8), ramp)
        painter.setPen(QColor(diagram.theme.muted))
        room = QRectF(84, y - 1, diagram.size().width() - 96, 16)
        texts = [_GAP_OF_LEGEND.join(words) for words in zip(*_legend(diagram), strict=True)]
        _draw(painter, diagram, room, _LEFT, _fitting(diagram, texts, room.width()))


def _legend(diagram: DrawnNetwork) -> list[tuple[str, str]]:
    """What each thing means, in many words and in few."""
    picture = diagram.picture
    assert picture is not None
    is_machine = picture.columns[-1].name == RECONSTRUCTION
    slope = "reconstruction − data, which CD-1 descends" if is_machine else "∂loss/∂activation"
    what = slope if diagram.gradients else "activation"
    found = [(f"{what} from −r to r, the ±r below each column", f"{what}, ±r below")]
    if shows_classes(picture, len(picture.columns) - 1) and not diagram.gradients:
        found.append(("output: its class's colour", "output: its class's colour"))
    if any(diagram.has_lines(index) for index in range(len(picture.columns))):
        change = f"line: {'its change' if is_machine else '∂loss/∂weight'}"
        weight = ("line: weight, thick where it is large", "line: weight")
        found.append((change, change) if diagram.gradients else weight)
    if diagram.gradients and any(frame.style == "picture" and frame.channels > 1 for frame in diagram.frames):
        found.append(("pixel: its strongest channel", "pixel: strongest channel"))
    return found


def _draw(
    painter: QPainter,
    diagram: DrawnNetwork,
    place: QRectF,
    side: Qt.AlignmentFlag,
    text: str,
    dots: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Words, cut with dots where they are too long; dots alone would say nothing."""
    shown = diagram.metrics().elidedText(text, dots, place.width())
    if shown.strip("…"):
        painter.drawText(place, side, shown)


def _fitting(diagram: DrawnNetwork, texts: Sequence[str], room: float) -> str:
    """The first of them that has so much room, else the last."""
    metrics = diagram.metrics()
    return next((text for text in texts if metrics.horizontalAdvance(text) <= room), texts[-1])


def _named(names: Sequence[str], frame: Frame, metrics: QFontMetricsF, wanted: int | None = None) -> list[int]:
    """The units of a list whose names have room: all, or every second, third ...; of these, those that would lie on the
    wanted one's give way.
    """
    inks = [metrics.tightBoundingRect(name) for name in names]
    line = max(ink.bottom() for ink in inks) - min(ink.top() for ink in inks) + 1
    every = math.ceil(line / frame.pitch)
    kept = [unit for unit in range(0, frame.count, every) if wanted is None or abs(unit - wanted) >= every]
    return kept if wanted is None else [*kept, wanted]


def _name_room(name: float) -> float:
    return _SPACE + name + _SPACE


def _whole_room(name: float, metrics: QFontMetricsF) -> float:
    return _name_room(name) + _BAR + 6 + metrics.horizontalAdvance(_NUMBER)


def _title(columns: tuple[Column, ...], place: int) -> str:
    """What a column is called."""
    is_machine = columns[-1].name == RECONSTRUCTION
    column = columns[place]
    if column.name == INPUT:
        return "visible: data" if is_machine else "input"
    if is_machine:
        return "hidden" if place == 1 else "visible: again"
    return readable_name(column.name)


def _titles(columns: tuple[Column, ...], place: int) -> list[str]:
    """The same in fewer and fewer letters; layers of one kind differ in the number at the end."""
    whole = _title(columns, place)
    # What it stands in can be seen.
    own = whole.rpartition(" › ")[2]
    return [whole, own, *in_one_word(own)]


def _subtitles(column: Column, total: int, gradients: bool) -> list[str]:
    """How many numbers, and what is done to them; in less and less room how many alone, or how many maps."""
    if gradients and column.contains_loss:
        return [f"{total:,} · before {column.activation}", f"{total:,}"]
    axes = [f"{axis:,}" for axis in (column.shape[:2] if len(column.shape) == 3 else (total,))]
    if len(column.shape) == 3 and (column.has_channels or column.shape[2] > 1):
        axes.insert(0, f"{total if column.has_channels else column.shape[2]:,}")
    inside = [f"{column.folded} layers inside"] * bool(column.folded)
    done = [*inside, *(word.replace("_", " ") for word in column.words)]
    wide, tight = " × ".join(axes), "×".join(axes)
    maps = [axes[0]] if column.has_channels else []
    return [*(" · ".join([shape, *done]) for shape in (wide, tight)), wide, tight, *maps]


def _band_text(columns: tuple[Column, ...], totals: tuple[int, ...], place: int) -> str:
    """The shape of the weights, or what is done instead."""
    column, source = columns[place], columns[place].sources[0]
    before = columns[source]
    if column.conditional:
        weights = "the same\nweights, Wᵀ" if column.is_transposed else f"{totals[0]:,} × {totals[1]:,}\nweights"
        return f"{column.conditional} →\n{weights}"
    if column.has_filters:
        return f"{totals[place]} filters"
    if not column.tensor:
        return column.kind.replace("_", " ").replace("2d", "")
    count = before.shape[0] * before.shape[1] * totals[source] if before.has_channels else totals[source]
    return f"{count:,} × {totals[place]:,}" + ("\nWᵀ, tied" if column.is_transposed else "")


def _output_names(picture: NetworkNumbers) -> tuple[str, ...]:
    """The classes that the outputs stand for."""
    return tuple(picture.class_names[label] for label in picture.outputs)


def _name_width(names: tuple[str, ...], metrics: QFontMetricsF) -> float:
    """Of the widest name, as far as it is shown."""
    return min(max(metrics.horizontalAdvance(name) for name in names), _WIDEST_NAME)
