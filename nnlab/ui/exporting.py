"""Pictures and their data as files: PNG at a chosen scale, SVG, PDF, CSV. All written through the atomic writer."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QImageWriter, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem

from nnlab.atomic_file import write_atomically
from nnlab.errors import SaveError
from nnlab.spreadsheet import inert
from nnlab.ui.views.view import Table


class Exportable(Protocol):
    """A view: its canvas, and the columns behind its picture."""

    title: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]  # what it can be saved as, of KINDS
    canvas: pg.GraphicsLayoutWidget

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been shown yet."""
        ...

    def csv_columns(self) -> Table:
        """Equally long columns by name."""
        ...


def export(view: Exportable, path: Path, scale: float = 2.0) -> None:
    """Write the view as the kind of file that the path's ending names. `scale` is pixels of a PNG per pixel on screen."""
    kind = path.suffix.lower()
    if kind not in view.kinds:
        raise SaveError(f"{path.name}: {view.title} is saved as {', '.join(view.kinds)}; give the file such an ending")
    if view.is_empty:
        raise SaveError(nothing_to_export(view))
    content = {
        ".png": lambda: _png(view.canvas, scale),
        ".svg": lambda: _svg(view.canvas),
        ".pdf": lambda: _pdf(view.canvas),
        ".csv": lambda: _csv(view),
    }[kind]()
    write_atomically(path, content)


def nothing_to_export(view: Exportable) -> str:
    """What is said of a view that shows nothing."""
    return f"{view.title} has nothing to export yet; train the model, or wait until the view shows something."


def _csv(view: Exportable) -> bytes:
    columns = view.csv_columns()
    if not any(columns.values()):
        raise SaveError(nothing_to_export(view))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(inert, columns))
    writer.writerows(map(_cell, row) for row in zip(*columns.values(), strict=True))
    # A name may hold bytes that are no characters.
    return text.getvalue().encode(errors="replace")


def _cell(value: object) -> object:
    return inert(value) if isinstance(value, str) else value


def photograph(view: Exportable, width: int) -> bytes:
    """The picture of a view as a PNG that is so many pixels wide."""
    # As before a paint event, for it may not have been painted since.
    view.canvas.scene().prepareForPaint()
    return _png(view.canvas, width / max(view.canvas.viewport().width(), 1))


def _png(canvas: pg.GraphicsLayoutWidget, scale: float) -> bytes:
    size = canvas.viewport().size()
    image = QImage(int(size.width() * scale), int(size.height() * scale), QImage.Format.Format_ARGB32)
    image.fill(canvas.backgroundBrush().color())
    _paint(canvas, image, QRectF(0, 0, image.width(), image.height()))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"PNG").write(image)
    return bytes(buffer.data().data())


def _svg(canvas: pg.GraphicsLayoutWidget) -> bytes:
    size, buffer, generator = canvas.viewport().size(), QBuffer(), QSvgGenerator()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    # At another resolution the fonts come out at another size than the picture.
    generator.setResolution(canvas.logicalDpiX())
    generator.setTitle("nnlab")
    _paint(canvas, generator, QRectF(0, 0, size.width(), size.height()))
    return bytes(buffer.data().data())


def _pdf(canvas: pg.GraphicsLayoutWidget) -> bytes:
    size = canvas.viewport().size()
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
