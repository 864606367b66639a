"""How what is selected is shown in every view: an outline in the colour of texts with a thin halo, over whatever colours."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from nnlab.ui.theme import Theme

_WIDTH, _HALO = 2, 4  # pixels of the screen


def outline_pens(theme: Theme, width: float = _WIDTH) -> tuple[QPen, QPen]:
    """The halo's, which is drawn first, and the outline's own: told from every ground, light or dark."""
    pens = []
    for color, thickness in ((theme.surface, width + _HALO - _WIDTH), (theme.text, width)):
        pen = QPen(QColor(color), thickness)
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        pens.append(pen)
    return pens[0], pens[1]


def paint_outline(painter: QPainter, shape: QPainterPath | QRectF, theme: Theme, width: float = _WIDTH) -> None:
    """Around what is selected."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in outline_pens(theme, width):
        painter.setPen(pen)
        painter.drawPath(shape) if isinstance(shape, QPainterPath) else painter.drawRect(shape)


class OutlineItem(QGraphicsPathItem):
    """The outline among the items of a plot or a board; it lies above them and comes and goes."""

    def __init__(self) -> None:
        super().__init__()
        self._halo = QGraphicsPathItem(self)
        self._halo.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)
        self.setZValue(4)
        self.hide()

    @property
    def place(self) -> QRectF | None:
        """Around what it lies; None while nothing is selected."""
        return self.path().boundingRect() if self.isVisible() else None

    def show_at(self, place: QRectF | None, theme: Theme) -> None:
        """Around this place, or nowhere."""
        self.setVisible(place is not None)
        if place is not None:
            path = QPainterPath(QPointF(place.topLeft()))
            path.addRect(place)
            halo, line = outline_pens(theme)
            for item, pen in ((self._halo, halo), (self, line)):
                item.setPath(path)
                item.setPen(pen)
