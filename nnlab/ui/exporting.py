"""Pictures and their data as files: PNG, SVG, PDF, CSV. All written through the atomic writer."""

import csv
import io
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar, Protocol, cast

import pyqtgraph as pg
from PySide6.QtGui import QGuiApplication, QImage

from nnlab.atomic_file import write_atomically
from nnlab.errors import SaveError
from nnlab.spreadsheet import inert
from nnlab.ui.figure.painting import pdf, picture, png, svg
from nnlab.ui.figure.paper import AS_ON_SCREEN, Paper
from nnlab.ui.figure.posed import Poses, posed
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


def export(view: Exportable, path: Path, paper: Paper = AS_ON_SCREEN) -> None:
    """Write the view as the kind of file that the path's ending names, its picture as `paper` says."""
    kind = path.suffix.lower()
    if kind not in view.kinds:
        raise SaveError(f"{path.name}: {view.title} is saved as {', '.join(view.kinds)}; give the file such an ending")
    if view.is_empty:
        raise SaveError(nothing_to_export(view))
    write_atomically(path, csv_text(view).encode(errors="replace") if kind == ".csv" else _pictured(view, kind, paper))


def picture_of(view: Exportable, paper: Paper) -> QImage:
    """As a PNG file would have it."""
    pixels = paper.checked_pixels(view.canvas.viewport().size())
    with _on_paper(view, paper):
        return picture(view.canvas, pixels, paper.dpi)


def copy_picture(view: Exportable, paper: Paper) -> None:
    """To the clipboard, from which another program pastes it."""
    if view.is_empty:
        raise SaveError(nothing_to_export(view))
    QGuiApplication.clipboard().setImage(picture_of(view, paper))


def _pictured(view: Exportable, kind: str, paper: Paper) -> bytes:
    if kind == ".png":
        return png(picture_of(view, paper))
    size = paper.layout_size(view.canvas.viewport().size())
    with _on_paper(view, paper):
        return {".svg": svg, ".pdf": pdf}[kind](view.canvas, size)


def _on_paper(view: Exportable, paper: Paper) -> AbstractContextManager[None]:
    """For as long as it is painted. What has pictures can be drawn in any size and colours."""
    poses = cast(Poses, view)
    return posed(poses, paper.layout_size(view.canvas.viewport().size()), paper.colors(poses.theme))


def nothing_to_export(view: Exportable) -> str:
    """What is said of a view that shows nothing."""
    return f"{view.title} has nothing to export yet; train the model, or wait until the view shows something."


def csv_text(view: Exportable, separator: str = ",") -> str:
    """The data behind the picture: a table with names above its columns."""
    columns = view.csv_columns()
    if not any(columns.values()):
        raise SaveError(nothing_to_export(view))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(map(inert, columns))
    writer.writerows(map(_cell, row) for row in zip(*columns.values(), strict=True))
    return text.getvalue()


def _cell(value: object) -> object:
    return inert(value) if isinstance(value, str) else value


def photograph(view: Exportable, width: int) -> bytes:
    """The picture of a view as a PNG that is so many pixels wide."""
    # As before a paint event, for it may not have been painted since.
    view.canvas.scene().prepareForPaint()
    size = view.canvas.viewport().size()
    return png(picture(view.canvas, (width, int(size.height() * width / max(size.width(), 1)))))
