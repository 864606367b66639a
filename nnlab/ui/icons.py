"""The window's icons, SVGs of one stroke width that take the colour of text; and nnlab's own."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
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


def own_icon() -> QIcon:
    """Nnlab's own, as the desktop shows it beside the window's name."""
    icon = QIcon()
    for size in (16, 32, 48, 256):
        icon.addPixmap(QPixmap.fromImage(_own_image(size)))
    return icon


def own_icon_png(size: int) -> bytes:
    """The same as a PNG of so many pixels each way."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Its description names bytes for the format, and it takes a text.
    _own_image(size).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _own_image(size: int) -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(resource("icons", "nnlab.svg"))).render(painter)
    painter.end()
    return image
