"""A view as a figure: its size, resolution and colours are chosen, looked at, and saved or copied."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSettings, QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nnlab.errors import NnlabError
from nnlab.ui.exporting import Exportable, csv_text, picture_of
from nnlab.ui.figure.paper import LEAST_DPI, LEAST_MILLIMETRES, MOST_DPI, MOST_MILLIMETRES, SIZES, Paper
from nnlab.ui.figure.remembered_paper import remember, remembered
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.widgets.card import label

_OWN = "another size"
_COLORS = {"light": "light", "dark": "dark", "as on the screen": ""}
_PREVIEW = 380
_SIZE = (760, 380)


class FigureDialog(QDialog):
    """`save` is called with the paper that was chosen. It closes with its view: one that is not seen is no longer drawn."""

    def __init__(
        self, parent: QWidget, view: Exportable, memory: QSettings, save: Callable[[Paper], object], told: QWidget
    ) -> None:
        """told: where it is said what was saved"""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Export {view.title}")
        self._view, self._memory, self._save, self._told = view, memory, save, told
        self.size_choice, self.colors = QComboBox(), QComboBox()
        self.size_choice.addItems([*SIZES, _OWN])
        self.colors.addItems(list(_COLORS))
        self.width_field, self.height_field = _millimetres("Width"), _millimetres("Height")
        self.dpi = QSpinBox()
        self.dpi.setRange(LEAST_DPI, MOST_DPI)
        self.dpi.setAccessibleName("Dots per inch of a PNG")
        self.dpi.setToolTip("Dots per inch of a PNG and of what is copied: papers ask for 300. SVG and PDF are sharp at any")
        self.pixels, self.said = label("", "muted"), label("", "muted")
        for text in (self.pixels, self.said):
            text.setWordWrap(True)
        self.preview = QLabel()
        self.preview.setAccessibleName("The figure, made smaller")
        self.preview.setFixedSize(_PREVIEW, _PREVIEW * 3 // 4)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.save_button = self._button("Save…", "Save it as PNG, SVG or PDF, or its numbers as CSV", self._on_save)
        self.copy_picture = self._button("Copy picture", "The picture, for another program to paste", self._copy_picture)
        self.copy_data = self._button("Copy data", "The numbers behind it, as a table for a spreadsheet", self._copy_data)
        self.close_button = self._button("Close", "Close this window; Esc does so, too", self.close)
        self.save_button.setDefault(True)
        self._make_outline()
        self._choose(remembered(memory))
        for choice in (self.size_choice, self.colors):
            choice.currentIndexChanged.connect(lambda _: self._on_changed())
        for field in (self.width_field, self.height_field, self.dpi):
            field.valueChanged.connect(lambda _: self._on_changed())
        self._on_changed()
        # Large letters need more.
        self.ensurePolished()
        wanted = self.sizeHint().expandedTo(QSize(*_SIZE))
        begin_as_large(self, (wanted.width(), wanted.height()))
        self._follow_view()

    def _follow_view(self) -> None:
        self._leaves = QTimer(self)
        self._leaves.setSingleShot(True)
        self._leaves.timeout.connect(self._close_without_view)
        if isinstance(self._view, QWidget):
            self._view.installEventFilter(self)
            self._view.destroyed.connect(self.close)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A view that goes to another pane or floats is hidden for a moment; one in a minimized window is still drawn."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous():
            self._leaves.start(0)
        return super().eventFilter(watched, event)

    def _close_without_view(self) -> None:
        if isinstance(self._view, QWidget) and not self._view.isVisible():
            self.close()

    @property
    def paper(self) -> Paper:
        """What is chosen."""
        name = self.size_choice.currentText()
        own = (float(self.width_field.value()), float(self.height_field.value()))
        return Paper(SIZES.get(name, own), self.dpi.value(), _COLORS[self.colors.currentText()])

    def _button(self, words: str, tip: str, press: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: press())
        return button

    def _make_outline(self) -> None:
        sides = QHBoxLayout()
        for part in (self.width_field, QLabel("×"), self.height_field):
            sides.addWidget(part)
        sides.addStretch(1)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("Size", self.size_choice)
        form.addRow("", sides)
        form.addRow("Dots per inch", self.dpi)
        form.addRow("", self.pixels)
        form.addRow("Colours", self.colors)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addLayout(form)
        upper.addWidget(self.preview)
        lower = QHBoxLayout()
        lower.setSpacing(8)
        lower.addWidget(self.copy_picture)
        lower.addWidget(self.copy_data)
        lower.addStretch(1)
        lower.addWidget(self.close_button)
        lower.addWidget(self.save_button)
        column = QVBoxLayout(self)
        # What is shown must not decide how small the window can be made.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(upper)
        column.addWidget(self.said)
        column.addWidget(self._told)
        column.addLayout(lower)
        self.copy_data.setVisible(".csv" in self._view.kinds)

    def _choose(self, paper: Paper) -> None:
        names = [name for name, size in SIZES.items() if size == paper.size]
        self.size_choice.setCurrentText(names[0] if names else _OWN)
        if paper.size is not None:
            self._show_sides(paper.size)
        self.dpi.setValue(paper.dpi)
        self.colors.setCurrentText(next(words for words, name in _COLORS.items() if name == paper.theme))

    def _on_changed(self) -> None:
        paper = self.paper
        is_own = self.size_choice.currentText() == _OWN
        for field in (self.width_field, self.height_field):
            field.setEnabled(is_own)
        on_screen = self._view.canvas.viewport().size()
        if not is_own:
            self._show_sides(paper.millimetres(on_screen))
        width, height = paper.pixels(on_screen)
        self.pixels.setText(f"a PNG of {width:,} × {height:,} pixels")
        remember(self._memory, paper)
        self._show_preview(paper)

    def _show_sides(self, size: tuple[float, float]) -> None:
        for field, side in zip((self.width_field, self.height_field), size, strict=True):
            with QSignalBlocker(field):
                field.setValue(round(side))

    def _show_preview(self, paper: Paper) -> None:
        # As it is laid out, without the dots that only a printer shows.
        image = picture_of(self._view, Paper(paper.size, LEAST_DPI, paper.theme))
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        self.preview.setPixmap(QPixmap.fromImage(image).scaled(self.preview.size(), keep, smooth))
        self._try(lambda: paper.checked_pixels(self._view.canvas.viewport().size()), "")

    def _on_save(self) -> None:
        self._save(self.paper)
        # The question where to save it belongs to the main window, which has the keys afterwards.
        self.activateWindow()

    def _copy_picture(self) -> None:
        self._try(
            lambda: QGuiApplication.clipboard().setImage(picture_of(self._view, self.paper)), "The picture was copied."
        )

    def _copy_data(self) -> None:
        def copy() -> None:
            QGuiApplication.clipboard().setText(csv_text(self._view, "\t"))

        self._try(copy, "The numbers were copied; a spreadsheet takes them as a table.")

    def _try(self, do: Callable[[], object], done: str) -> None:
        try:
            do()
            self.said.setText(done)
        except NnlabError as error:
            self.said.setText(str(error))


def _millimetres(name: str) -> QSpinBox:
    field = QSpinBox()
    field.setRange(LEAST_MILLIMETRES, MOST_MILLIMETRES)
    field.setSuffix(" mm")
    field.setAccessibleName(name)
    return field
