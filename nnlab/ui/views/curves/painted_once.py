"""What lies over a whole panel and is painted once: only copied, until it or the range of the axes changes."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF


class PaintedOnce(pg.GraphicsObject):
    """Painting twenty runs takes some milliseconds, copying what was painted a tenth of one: so what is drawn over it at
    every step costs no more than without it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)

    def boundingRect(self) -> QRectF:
        """The whole panel: what was painted is kept as large as that, wherever it reaches to."""
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:
        """Another range: it is painted anew."""
        super().viewTransformChanged()
        self.prepareGeometryChange()
        self.update()
