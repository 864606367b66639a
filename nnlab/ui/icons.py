"""The window's icons: SVGs of one stroke width that take the colour of text."""

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnlab.resources import resource

_SIZE = 40


def icon(name: str, color: str) -> QIcon:
    """resources/icons/NAME.svg in one colour, sharp on screens up to twice the density."""
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    pixmap = QPixmap(QSize(_SIZE, _SIZE))
    pixmap.fill("transparent")
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(text.encode())).render(painter)
    painter.end()
    return QIcon(pixmap)
