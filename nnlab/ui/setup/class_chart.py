"""One example of each class, and how many there are: in columns, or in rows of two where names are long."""

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette

from nnlab.datasets import Dataset
from nnlab.datasets.summary import Summary
from nnlab.ui.example_images import as_pixels, to_image
from nnlab.ui.theme import class_color
from nnlab.ui.widgets.hover_text import HoverText

# So many classes are shown one by one; more are bars alone.
MOST_SHOWN = 10
_SIDE = 27
_GAP = 3
_BAR = 18
_TEXT = 16
_ROW = 33


class ClassChart(HoverText):
    """Painted by itself: a widget for each of a thousand classes would be slow."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Examples of each class")
        self._names: tuple[str, ...] = ()
        self._images: list[QImage] = []
        self._train = self._test = np.zeros(0, np.intp)
        self._is_wide = False
        self.setFixedHeight(0)

    def show_summary(self, dataset: Dataset, summary: Summary) -> None:
        """Pictures as they are; of other data only the counts."""
        self._names = dataset.class_names
        self._train, self._test = summary.train_counts, summary.test_counts
        self._images = []
        if dataset.is_image:
            pixels = as_pixels(dataset.train.inputs[summary.samples], dataset.grey_range)
            self._images = [to_image(picture) for picture in pixels]
        few = len(self._names) <= MOST_SHOWN
        self._is_wide = few and any(self.fontMetrics().horizontalAdvance(name) > _SIDE for name in self._names)
        self.setFixedHeight(self._wanted_height())
        self.setVisible(self.height() > 0)
        self.update()

    def text_at(self, position: QPoint) -> str:
        """The class under a point of the widget, and its counts."""
        place = self._place_at(position)
        if not 0 <= place < len(self._names):
            return ""
        learned, test = f"{self._train[place]:,} training and validation", f"{self._test[place]:,} test examples"
        return f"{self._names[place]}: {learned}, {test}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures above bars, or beside names and bars."""
        painter = QPainter(self)
        # Small pictures show their pixels, large ones are made smaller smoothly.
        shrinks = bool(self._images) and self._images[0].height() > _SIDE
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        if self._is_wide:
            for index in range(len(self._names)):
                self._paint_cell(painter, index)
        else:
            top = self._paint_pictures(painter)
            for index in range(len(self._names)):
                self._paint_bar(painter, index, top)
        painter.end()

    def _wanted_height(self) -> int:
        pictures = _SIDE + _GAP if self._images else 0
        if not self._names:
            return pictures
        if self._is_wide:
            return -(-len(self._names) // 2) * _ROW
        return pictures + _BAR + (_TEXT if len(self._names) <= MOST_SHOWN else 0)

    def _step(self) -> float:
        """The width of a column."""
        if len(self._names) > MOST_SHOWN:
            return self.width() / len(self._names)
        return (
            min(self.width() / max(len(self._names), 1), _SIDE + _GAP)
            if self._images
            else min(self.width() / max(len(self._names), 1), 60.0)
        )

    def _place_at(self, position: QPoint) -> int:
        if self._is_wide:
            return 2 * (position.y() // _ROW) + (position.x() >= self.width() // 2)
        return int(position.x() / self._step()) if self._names else -1

    def _share(self, place: int) -> float:
        return float(self._train[place] / max(self._train.max(initial=0), 1))

    def _paint_pictures(self, painter: QPainter) -> int:
        for index, image in enumerate(self._images):
            painter.drawImage(QRectF(index * (_SIDE + _GAP), 0, _SIDE, _SIDE), image)
        return _SIDE + _GAP if self._images else 0

    def _paint_bar(self, painter: QPainter, place: int, top: int) -> None:
        step, few = self._step(), len(self._names) <= MOST_SHOWN
        height = max(self._share(place) * (_BAR - 4), 1.0)
        width = step - _GAP if few else max(step, 1.0)
        bar = QRectF(place * step, top + _BAR - height, width, height)
        painter.fillRect(bar, class_color(place) if few else self.palette().color(QPalette.ColorRole.Highlight))
        if few:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            below = QRectF(place * step, top + _BAR, step - _GAP, _TEXT)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._names[place])

    def _paint_cell(self, painter: QPainter, place: int) -> None:
        """A picture, and beside it the name above a bar."""
        row, column = divmod(place, 2)
        left, top = column * self.width() // 2, row * _ROW
        if self._images:
            painter.drawImage(QRectF(left, top, _SIDE, _SIDE), self._images[place])
            left += _SIDE + 6
        width = (column + 1) * self.width() // 2 - left - 8
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        name = self.fontMetrics().elidedText(self._names[place], Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(left, top, width, 19), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.fillRect(QRectF(left, top + 22, width, 4), self.palette().color(QPalette.ColorRole.Mid))
        painter.fillRect(QRectF(left, top + 22, self._share(place) * width, 4), class_color(place))
