"""How the curves are drawn: over which axis, averaged over how much, on which scale."""

from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QSlider, QWidget

from nnlab.ui.setup.form import Choice
from nnlab.ui.views.curves.time_axis import AXES
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import explain
from nnlab.ui.widgets.flow import FlowRow, captioned

# Over how much of an epoch the curve may be averaged: of more, batches that are whole epochs would not stay as they are.
WIDTHS = tuple(map(Fraction, ("0", "1/64", "1/32", "1/16", "1/8", "1/4", "1/2", "1")))
_WIDTH = Fraction("1/8")
# An average over more than a tenth of the run would hide what happens in it.
_SHARE_OF_RUN = 10


class Controls(FlowRow):
    """A line of controls beside what the curves say."""

    changed = Signal()

    def __init__(self, readout: QWidget, least: int) -> None:
        super().__init__(10)
        self._most = 1.0
        self.log = _check("log", "Logarithmic axis for the loss")
        self.raw = _check("raw", "Show every batch behind the smoothed curve")
        self.last_run = _check("last run", "Show the run before this one as a thin grey line")
        self.last_run.hide()
        self.rate = _check("rate", "Show the learning rate in a plot of its own")
        self.rate.setChecked(False)
        self._axis = Choice()
        self._axis.addItems(list(AXES))
        self._axis.setAccessibleName("Time axis")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Smoothing")
        self._slider.setRange(0, len(WIDTHS) - 1)
        self._slider.setFixedWidth(90)
        self._text = label("", "muted")
        self.fit_letters()
        self._slider.setValue(WIDTHS.index(_WIDTH))
        self._tell_width()
        self.add_filler(readout, least)
        for widget in (
            captioned("smoothing", self._slider, self._text),
            self.raw,
            self.log,
            self.rate,
            self.last_run,
            self._axis,
        ):
            self.addWidget(widget)
        self._slider.valueChanged.connect(self._tell_width)
        for box in self._boxes:
            box.toggled.connect(self.changed)
        self._slider.valueChanged.connect(self.changed)
        self._axis.currentTextChanged.connect(self.changed)

    @property
    def _boxes(self) -> tuple[QCheckBox, ...]:
        """In the order in which they are remembered."""
        return self.log, self.raw, self.last_run, self.rate

    @property
    def state(self) -> str:
        """How they stand, for another start of the window."""
        boxes = "".join(str(int(box.isChecked())) for box in self._boxes)
        return f"{boxes} {self._slider.value()} {self.axis}"

    def restore(self, state: str) -> None:
        """As they stood; what makes no sense is as it is at first."""
        match state.split(" "):
            case [boxes, width, axis] if len(boxes) in (3, len(self._boxes)) and width.isdecimal() and axis in AXES:
                for box, is_on in zip(self._boxes, boxes, strict=False):
                    box.setChecked(is_on == "1")
                self._slider.setValue(int(width))
                self.choose_axis(axis)

    def begin(self, epochs: float) -> None:
        """Of a run that is to be so long."""
        self._most = epochs / _SHARE_OF_RUN
        self._tell_width()

    @property
    def width(self) -> float:
        """Over how many epochs the curves are averaged."""
        return min(float(WIDTHS[self._slider.value()]), self._most)

    @property
    def axis(self) -> str:
        """What they lie over."""
        return self._axis.currentText()

    def choose_axis(self, name: str) -> None:
        """As if it were chosen from the list."""
        self._axis.setCurrentText(name)

    def choose_width(self, width: Fraction) -> None:
        """As if the slider were drawn there."""
        self._slider.setValue(WIDTHS.index(width))

    def fit_letters(self) -> None:
        """Room for the longest width in letters as large as they are: other words move nothing."""
        self._text.ensurePolished()
        self._text.setFixedWidth(self._text.fontMetrics().horizontalAdvance("1/64 epoch") + 4)

    def _tell_width(self) -> None:
        width = WIDTHS[self._slider.value()]
        is_cut = float(width) > self._most
        text = f"{self._most:.2g} epoch" if is_cut else f"{width} epoch"
        self._text.setText(text if width else "none")
        whole = "one epoch" if width == 1 and not is_cut else text
        tip = (
            f"Each point is the mean over {whole} around it, half of it before and half after, of all examples seen in it: "
            "1/2h ∫ loss(t) dt from e - h to e + h. Towards both ends h shrinks, so that the line never lags, and its last "
            "point is the last batch as it was."
        )
        more = " More than a tenth of the run would hide what happens in it." if is_cut else ""
        explain(self._slider, f"{tip}{more}" if width else "Every batch as it was.")


def _check(words: str, tip: str) -> QCheckBox:
    box = QCheckBox(words)
    box.setToolTip(tip)
    box.setChecked(True)
    return box
