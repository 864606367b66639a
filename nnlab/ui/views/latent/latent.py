"""The space of codes: where examples lie in it, and what any place in it stands for."""

from dataclasses import replace
from html import escape

import numpy as np
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from nnlab.probes import Answer, Selection
from nnlab.probes.analyses.embedding import embed_codes
from nnlab.probes.latent import LatentCodes, LatentOptions
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.ui.jobs import Job
from nnlab.ui.messages import Prepared
from nnlab.ui.setup.form import Choice, WholeNumber
from nnlab.ui.theme import CLASS_COLORS, Theme
from nnlab.ui.views import VIEWS
from nnlab.ui.views.latent.code_plane import CLASS_SHAPES, CodePlane
from nnlab.ui.views.latent.code_sliders import CodeSliders
from nnlab.ui.views.latent.decoded import DecodedPictures, example_picture
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.job_control import JobControl
from nnlab.ui.widgets.part_choice import PartChoice

_PLANES = {"principal": "principal axes (PCA)", "dimensions": "two dimensions", "embedding": "t-SNE"}
# Pixels: beside the picture, and below it.
_ROOM_FOR_SLIDERS, _ROOM_BELOW = 600, 280
_ROOM_FOR_AXES = 200  # of the picture's height


class LatentView(View):
    """Codes as points, the decoded place of the mark, and the way from one example to another."""

    title = VIEWS["latent"].title
    probe = "latent"
    interval = 0.1
    least_picture = (300, 110)
    empty_text = "The codes of the examples appear here as points of a plane."

    def __init__(self) -> None:
        super().__init__()
        self._prepared: Prepared | None = None
        self._pointed = -1
        self._axis_names: list[str] = []
        self.options = LatentOptions()
        self.plane = CodePlane()
        self.legend = Caption()
        self.canvas.addItem(self.legend, row=0, col=1, colspan=2)
        self.canvas.addItem(self.plane, row=1, col=1)
        self.board = Board(self.canvas, self._follow_size)
        # The board makes its place in the first column; it belongs at the right.
        self.canvas.removeItem(self.board.box)
        self.canvas.addItem(self.board.box, row=1, col=2)
        for column, share in ((1, 3), (2, 2)):
            self.canvas.ci.layout.setColumnStretchFactor(column, share)
        self.pictures = DecodedPictures(self.board)
        self.sliders = CodeSliders()
        self.sliders.changed.connect(lambda code: self._ask(code=code, at=None))
        self._lay_out_controls()
        self.outline.removeWidget(self.canvas)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(8)
        self._row.addWidget(self.canvas, 1)
        self._row.addWidget(self.sliders)
        self.outline.addLayout(self._row, 1)
        self.plane.dragged.connect(lambda x, y: self._ask(at=(x, y), code=None))
        self.plane.picked.connect(self._pick)
        self.plane.pointed.connect(self._point)
        self.canvas.scene().sigMouseMoved.connect(self.plane.hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)

    def begin(self, prepared: Prepared) -> None:
        """Another run has other codes."""
        super().begin(prepared)
        self._prepared = prepared
        self._show_legend()
        self.part.begin(prepared)

    def forget(self) -> None:
        """The codes, and whatever was being laid out."""
        super().forget()
        self._prepared = None
        self._pointed = -1
        self.control.drop()
        self.plane.begin()
        self.sliders.hide()
        self.options = LatentOptions(self.options.plane)

    def show_selection(self, selection: Selection) -> None:
        """Another example is decoded; another part has other codes."""
        if (selection.part, selection.example) != (self.selection.part, self.selection.example):
            self.options = replace(self.options, at=None, code=None)
        super().show_selection(selection)
        self.part.show_selection(selection)

    def draw(self, answer: LatentCodes) -> None:
        """The points, and the decoded pictures beside them."""
        if not answer.is_fresh:
            # The rest comes with the next frames, also while training stands.
            self.wants_changed.emit()
        self._show_controls(answer)
        self.plane.draw(answer)
        self.sliders.show_code(answer.code, answer.low, answer.high)
        assert self._prepared is not None  # answers come to a run that has begun
        original = example_picture(self._prepared, answer.part, answer.ends_of[0])
        self.pictures.draw(answer, original, self._captions(answer), self.theme)
        if not self.control.is_busy:
            self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the sliders stand below the picture."""
        super().resizeEvent(event)
        is_narrow = self.width() < _ROOM_FOR_SLIDERS
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if is_narrow else ways.LeftToRight)
        self.sliders.lie_below(is_narrow)
        # The cross does the same for the plane that is shown.
        self.sliders.allow(not is_narrow or self.height_in_sight >= _ROOM_BELOW)

    def recolor(self, theme: Theme) -> None:
        """Axes, marks and the legend."""
        self.plane.recolor(theme)
        self._show_legend()

    def csv_columns(self) -> Table:
        """One row per example: its place in its part, its class, and where it lies in the plane."""
        answer = self.answer
        return {
            "example": answer.places.tolist(),
            "class": [self._class_name(label) for label in answer.labels],
            "x": answer.points[:, 0].tolist(),
            "y": answer.points[:, 1].tolist(),
        }

    def _lay_out_controls(self) -> None:
        self.choice = Choice()
        self.choice.setMinimumContentsLength(16)
        for key, name in _PLANES.items():
            self.choice.addItem(name, key)
        self.choice.currentIndexChanged.connect(lambda _: self._choose_plane(self.choice.currentData()))
        self.axes = (WholeNumber(), WholeNumber())
        for axis, (number, name) in enumerate(zip(self.axes, ("Across", "Up"), strict=True)):
            number.setAccessibleName(f"{name}: dimension of the code")
            number.setToolTip(f"Which dimension of the code goes {name.lower()}, from 0")
            number.setFixedWidth(64)
            number.valueChanged.connect(lambda value, axis=axis: self._choose_dimension(axis, value))
        self.part = PartChoice()
        self.part.chosen.connect(lambda part: self.select(part=part, example=0))
        self.control = JobControl("Compute t-SNE", self._start_embedding)
        self.control.reported.connect(self.readout.setText)
        self.control.done.connect(self._take_embedding)
        self.control.failed.connect(self.readout.setText)
        self._axis_row = captioned("Across, up", *self.axes)
        for widget in (captioned("Plane", self.choice), self._axis_row, captioned("Part", self.part), self.control):
            self.controls.addWidget(widget)
        # Whether they are of use is known with the first codes.
        self._axis_row.hide()
        self.control.hide()

    def _show_legend(self) -> None:
        """Shapes and colours of the classes in one line, where they are few enough to be told apart."""
        names = self._prepared.dataset.class_names if self._prepared else ()
        shown = names if 1 < len(names) <= len(CLASS_SHAPES) else ()
        signs = [f"<span style='color:{CLASS_COLORS[label]}'>{shape}</span>" for label, shape in enumerate(CLASS_SHAPES)]
        texts = [f"{sign}&nbsp;{escape(name)}" for sign, name in zip(signs, shown, strict=False)]
        self.legend.show_text("&nbsp;&nbsp; ".join(texts), self.theme)
        # In a low pane the points have the room of a second line: hovering tells the class of each.
        is_long = self.fontMetrics().horizontalAdvance("   ".join(f"● {name}" for name in shown)) > self.canvas.width()
        self.legend.setVisible(bool(shown) and not (is_long and self._is_low))

    def _show_controls(self, answer: LatentCodes) -> None:
        """Dimensions only where they are chosen, t-SNE only where it is."""
        if len(answer.code) <= 2 and self.options.plane == "principal":
            # A code of two numbers is its own plane.
            with QSignalBlocker(self.choice):
                self.choice.setCurrentIndex(self.choice.findData("dimensions"))
        self._axis_row.setVisible(answer.plane == "dimensions" and len(answer.code) > 2)
        self.control.setVisible(self.options.plane == "embedding" or self.control.is_busy)
        for axis, number in enumerate(self.axes):
            with QSignalBlocker(number):
                number.setRange(0, len(answer.code) - 1)
                number.setValue(min(self.options.dimensions[axis], len(answer.code) - 1))
        # The axis at the left is shorter, and read after the one below.
        forms = (" · {:.0%} of the variance", " · {:.0%}")
        shares = ["" if np.isnan(share) else form.format(share) for form, share in zip(forms, answer.share, strict=True)]
        names = {
            "principal": [f"principal axis {axis + 1}{shares[axis]}" for axis in (0, 1)],
            "dimensions": [f"code {self.options.dimensions[axis]}" for axis in (0, 1)],
            "embedding": ["t-SNE 1", "t-SNE 2"],
        }[answer.plane]
        if len(answer.code) == 1 and answer.plane != "embedding":
            names[1] = "the code has one dimension only"
        self._axis_names = names
        for side, name in zip(("bottom", "left"), names, strict=True):
            written = "" if self._is_low else name
            if self.plane.getAxis(side).labelText != written:
                self.plane.setLabel(side, written)

    def _choose_plane(self, plane: str) -> None:
        self.plane.is_dragging = False
        self._ask(plane=plane, at=None, code=None)
        if self.answer is not None:
            self._show_controls(self.answer)

    def _choose_dimension(self, axis: int, value: int) -> None:
        """One dimension cannot go both ways: where it goes the other way already, the two change places."""
        old = self.options.dimensions
        kept = old[axis] if value == old[1 - axis] else old[1 - axis]
        self._ask(dimensions=(kept, value) if axis else (value, kept), at=None)
        if self.answer is not None:
            self._show_controls(self.answer)

    def _ask(self, **changes: object) -> None:
        changed = replace(self.options, **changes)
        if changed != self.options:
            self.options = changed
            self.wants_changed.emit()

    def _start_embedding(self) -> Job | None:
        if self.services is None or self.answer is None:
            return None
        part = self.answer.part
        return self.services.start_job("t-SNE", lambda run, report: embed_codes(run, part, run.settings.seed, report))

    def _take_embedding(self, found: Answer) -> None:
        self._ask(embedding=found, plane="embedding", at=None, code=None)

    def _pick(self, row: int, with_shift: bool) -> None:
        """Shift chooses where the strip ends."""
        place = int(self.answer.places[row])
        if with_shift:
            self._ask(other=place)
        else:
            self._ask(at=None, code=None)
            self.select(part=self.answer.part, example=place)

    def _click(self, event: MouseClickEvent) -> None:
        if self.answer is not None and event.button() == Qt.MouseButton.LeftButton:
            self.plane.click(event.scenePos(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def _point(self, row: int) -> None:
        prepared = self._prepared
        if row != self._pointed and self.answer is not None and prepared is not None:
            self._pointed = row
            found = None if row < 0 else example_picture(prepared, self.answer.part, int(self.answer.places[row]))
            self.plane.show_picture(found, row)
            if not self.control.is_busy:
                self._read()

    def _read(self) -> None:
        answer = self.answer
        if 0 <= self._pointed < len(answer.places):
            name = self._class_name(answer.labels[self._pointed])
            self.readout.setText(f"{answer.part} example {answer.places[self._pointed]:,}{f' · {name}' if name else ''}")
            return
        missing = int((~np.isfinite(answer.points)).any(axis=1).sum())
        if missing and answer.plane != "embedding":
            self.readout.setText(f"{missing:,} of {len(answer.points):,} codes are not finite numbers; reset the run")
        elif self.options.plane == "embedding" and answer.plane != "embedding":
            wait = "until it is done the plane is that of the principal axes"
            self.readout.offer(f"Press Compute t-SNE; {wait}.", "Press Compute t-SNE")
        else:
            how = "click: example A · Shift+click: example B · drag the cross: decode any place"
            axes = f"{self._axes_text(answer)} · " if self._is_low else ""
            bare = f"{len(answer.points):,} {PART_ADJECTIVES[answer.part]} examples"
            examples = f"{bare}{self._embedding_note(answer)}"
            in_short = f"{axes}{bare} · click A, Shift+click B, drag the cross"
            self.readout.offer(f"{axes}{examples} · {how}", in_short, f"{axes}{bare}", bare)

    def _axes_text(self, answer: LatentCodes) -> str:
        """What the axes are, for a picture so low that they have no names."""
        if np.isfinite(answer.share).all():
            across, up = answer.share
            return f"axes: {across:.0%} and {up:.0%} of the variance"
        return f"{self._axis_names[0]} × {self._axis_names[1]}"

    def _embedding_note(self, answer: LatentCodes) -> str:
        if answer.laid_out is None:
            return ""
        return f", laid out {stamp(answer.laid_out)}; between them codes of neighbours are mixed"

    def _captions(self, answer: LatentCodes) -> tuple[str, str, str]:
        is_apart = self.options.at is not None or self.options.code is not None
        first, other = answer.ends_of
        ends = f"from A ({first:,}) to B ({other:,}), decoded"
        return f"A ({first:,})", "cross, decoded" if is_apart else "decoded", ends

    def _class_name(self, label: int) -> str:
        names = self._prepared.dataset.class_names if self._prepared else ()
        return names[label] if 0 <= label < len(names) else ""

    @property
    def _is_low(self) -> bool:
        return bool(self.canvas.height() < _ROOM_FOR_AXES)

    def _follow_size(self) -> None:
        self._show_legend()
        if self.answer is not None:
            self.draw(self.answer)
