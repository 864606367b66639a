"""A canvas painted into a picture, an SVG or a PDF file: as large as is wanted, whatever size it is laid out in."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem

from nnlab.ui.figure.outlines import with_outlines

_INCH_MILLIMETRES = 25.4


def picture(canvas: pg.GraphicsLayoutWidget, pixels: tuple[int, int], dots: int = 96) -> QImage:
    """Of so many pixels, which says how many of them are an inch."""
    image = QImage(*pixels, QImage.Format.Format_ARGB32)
    image.fill(canvas.backgroundBrush().color())
    _paint(canvas, image, QRectF(0, 0, *pixels))
    # Only now: what axes have recorded of themselves is scaled by it once more while it is painted.
    a_metre = round(1000 * dots / _INCH_MILLIMETRES)
    image.setDotsPerMeterX(a_metre)
    image.setDotsPerMeterY(a_metre)
    return image


def png(image: QImage) -> bytes:
    """The picture as a file's content."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(image)
    return bytes(buffer.data().data())


def svg(canvas: pg.GraphicsLayoutWidget, size: QSize) -> bytes:
    """In pixels of 1/96 inch. Texts are outlines, so that no reader needs the font."""
    buffer, generator = QBuffer(), QSvgGenerator()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    # At another resolution the fonts come out at another size than the picture.
    generator.setResolution(canvas.logicalDpiX())
    generator.setTitle("nnlab")
    _paint(canvas, generator, QRectF(0, 0, size.width(), size.height()))
    return with_outlines(bytes(buffer.data().data()))


def pdf(canvas: pg.GraphicsLayoutWidget, size: QSize) -> bytes:
    """On one page of this size, in pixels of 1/96 inch; Qt puts the fonts into the file."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    dots = canvas.logicalDpiX()
    writer.setResolution(dots)
    points = QSizeF(size.width() * 72 / dots, size.height() * 72 / dots)
    page = QPageSize(points, QPageSize.Unit.Point, "view", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    writer.setTitle("nnlab")
    _paint(canvas, writer, QRectF(0, 0, size.width(), size.height()))
    del writer
    return bytes(buffer.data().data())


def _show_titles(canvas: pg.GraphicsLayoutWidget, items: Sequence[QGraphicsItem]) -> list[pg.AxisItem]:
    """The axes whose titles have made way for curves on the screen: a picture in a file is alone, and says what it is."""
    axes = [item for item in items if isinstance(item, pg.AxisItem) and item.isVisible() and item.labelText]
    hidden = [axis for axis in axes if not axis.label.isVisible()]
    for axis in hidden:
        axis.showLabel(True)
    for plot in (item for item in items if isinstance(item, pg.PlotItem)):
        plot.layout.activate()
    canvas.ci.layout.activate()
    canvas.scene().prepareForPaint()
    return hidden


def _paint(canvas: pg.GraphicsLayoutWidget, device: QImage | QSvgGenerator | QPdfWriter, target: QRectF) -> None:
    """Render the scene. In export mode items draw themselves as shapes instead of from pixel caches."""
    every = canvas.scene().items()
    items = [item for item in every if hasattr(item, "setExportMode")]
    # Qt's own caches would be scaled, and stand in an SVG file as pictures.
    caches = [(item, item.cacheMode()) for item in every if item.cacheMode() != QGraphicsItem.CacheMode.NoCache]
    titles = _show_titles(canvas, every)
    painter = QPainter(device)
    options = {"antialias": True, "background": QColor(canvas.backgroundBrush().color()), "painter": painter}
    for item in items:
        item.setExportMode(True, options)
    for item, _ in caches:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    try:
        canvas.render(painter, target, canvas.viewport().rect())
    finally:
        for item in items:
            item.setExportMode(False)
        for item, mode in caches:
            item.setCacheMode(mode)
        for axis in titles:
            axis.showLabel(False)
        painter.end()
