"""What a person can tell the chains of the Samples view: where to start, how far and how hot to go, what to hold."""

from dataclasses import replace

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QSlider, QToolButton, QWidget

from nnlab.probes.chains import ChainOptions
from nnlab.ui.icons import icon
from nnlab.ui.setup.form import Choice, WholeNumber
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import explain
from nnlab.ui.widgets.flow import captioned

CHAIN_COUNTS = (1, 9, 16, 36, 64)
_TRAININGS = "training's own"
STARTS = {"noise": "noise", "examples": "data", "the drawing": "drawing", _TRAININGS: "persistent"}
SHOWN = {"means": "means", "samples": "samples", "mean-field": "mean-field"}
# What dragging the mouse over a chain does.
BRUSHES = ("nothing", "hold as they are", "hold white", "hold black", "release")
_MOST_STEPS = 100
_SLIDER_REACH = 20
# What each control does, and why one would turn it.
_EXPLAINED = {
    "start": "Where the chains begin. noise: pixels at random. examples: pictures of the data, to see what the machine "
    "makes of them. the drawing: what was drawn in the Draw view. training's own: the chains that training itself follows",
    "chains": "Chains side by side: more show more of what the machine has learned, fewer are larger",
    "steps": "Gibbs steps per frame: hidden units from visible ones and back. More bring the chains sooner from where they "
    "began to what the machine believes in; 0 stands still",
    "shown": "means: the probability of each pixel, E(v|h), easiest to look at. samples: the black and white pixels drawn "
    "from it, which the chain goes on with. mean-field: nothing is drawn at random, probabilities drive probabilities; such "
    "chains come to rest at one picture",
    "temperature": "All energies are divided by it. 1 is the machine as it was trained; below, chains stay with the "
    "likeliest pictures; above, they roam: a chain that is stuck finds its way to another picture",
    "brush": "Drag over the pictures to hold pixels: they keep their value in all chains, and the machine imagines the "
    "rest: half a digit is completed",
}


class ChainControls(QObject):
    """Widgets for the row above the pictures; `changed`: something else is chosen, `restarted`: chains start afresh."""

    changed = Signal()
    restarted = Signal()
    brush_changed = Signal(str)
    released = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.play = _button("Play", "Let the chains go on while training stands; while it runs they go on by themselves")
        self.play.setCheckable(True)
        self.restart = _button("Restart", "Start all chains afresh")
        self.start = _choice(STARTS, "Start chains from", 7)
        self.chains = _choice({str(count): "" for count in CHAIN_COUNTS}, "Number of chains", 2)
        self.chains.setCurrentText("36")
        self.steps = WholeNumber()
        self.steps.setRange(0, _MOST_STEPS)
        self.steps.setValue(1)
        self.shown = _choice(SHOWN, "Pictures show", 6)
        self.temperature = QSlider(Qt.Orientation.Horizontal)
        self.temperature.setRange(-_SLIDER_REACH, _SLIDER_REACH)
        self.temperature.setFixedWidth(64)
        self._temperature_text = label("1.00")
        self._temperature_text.setFixedWidth(28)
        self.brush = _choice(dict.fromkeys(BRUSHES, ""), "Dragging the mouse over a chain", 10)
        self.release = QToolButton()
        self.release.setText("Release all")
        self.release.setToolTip("Hold no pixel any more")
        self.release.setEnabled(False)
        for name, words in _EXPLAINED.items():
            explain(getattr(self, name), words)
        self.row: tuple[QWidget, ...] = (
            self.play,
            self.restart,
            captioned("From", self.start),
            captioned("Chains", self.chains),
            captioned("Show", self.shown),
            captioned("Steps", self.steps),
            captioned("Temperature", self.temperature, self._temperature_text),
            captioned("Drag to", self.brush),
            self.release,
        )
        self._connect()

    @property
    def heat(self) -> float:
        """The chosen temperature: 1 in the middle, from a quarter to four."""
        return float(4.0 ** (self.temperature.value() / _SLIDER_REACH))

    def choose(self, options: ChainOptions) -> ChainOptions:
        """The options with everything chosen here."""
        return replace(
            options,
            start=STARTS[self.start.currentText()],
            chains=int(self.chains.currentText()),
            steps=self.steps.value(),
            temperature=self.heat,
            shown=SHOWN[self.shown.currentText()],
            plays=self.play.isChecked(),
        )

    def offer(self, has_drawing: bool, has_persistent: bool, can_clamp: bool, holds_pixels: bool) -> None:
        """Offer only what there is, and what has an effect; a choice that is gone becomes the first."""
        _offer(self.start, "the drawing", has_drawing)
        _offer(self.start, _TRAININGS, has_persistent)
        self.brush.setEnabled(can_clamp and not self.shows_trainings)
        self.release.setEnabled(holds_pixels and self.brush.isEnabled())

    @property
    def shows_trainings(self) -> bool:
        """Whether the chains are to be those of training itself, which are its to move, and as many as it has."""
        return self.start.currentText() == _TRAININGS

    def start_from(self, name: str) -> None:
        """Choose a start without telling anyone."""
        with QSignalBlocker(self.start):
            self.start.setCurrentText(name)
        self._follow_start()

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self._theme = theme
        self.restart.setIcon(icon("reset", theme.text))
        self._show_playing()

    def _connect(self) -> None:
        self.play.toggled.connect(self._show_playing)
        for signal in (self.play.toggled, self.steps.valueChanged, self.shown.currentTextChanged):
            signal.connect(lambda _: self.changed.emit())
        # First, as chains that start anew go by all that is chosen.
        self.start.currentTextChanged.connect(self._follow_start)
        for signal in (self.start.currentTextChanged, self.chains.currentTextChanged, self.restart.clicked):
            signal.connect(lambda _: self.restarted.emit())
        self.temperature.valueChanged.connect(self._on_temperature)
        self.brush.currentTextChanged.connect(self.brush_changed)
        self.release.clicked.connect(self.released)

    def _follow_start(self) -> None:
        is_own = not self.shows_trainings
        for control in (self.play, self.restart, self.chains, self.steps, self.temperature):
            control.setEnabled(is_own)
        with QSignalBlocker(self.shown):
            _offer(self.shown, "mean-field", is_own)

    def _show_playing(self) -> None:
        is_playing = self.play.isChecked()
        self.play.setText("Pause" if is_playing else "Play")
        self.play.setIcon(icon("pause" if is_playing else "run", self._theme.text))

    def _on_temperature(self) -> None:
        self._temperature_text.setText(f"{self.heat:.2f}")
        self.changed.emit()


def _offer(choice: Choice, name: str, is_there: bool) -> None:
    place = choice.findText(name)
    model = choice.model()
    assert isinstance(model, QStandardItemModel)  # of every QComboBox that was not given another
    model.item(place).setEnabled(is_there)
    if not is_there and choice.currentIndex() == place:
        choice.setCurrentIndex(0)


def _choice(items: dict[str, str], name: str, width: int) -> Choice:
    choice = Choice()
    choice.addItems(list(items))
    choice.setMinimumContentsLength(width)
    choice.setAccessibleName(name)
    choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return choice


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(14, 14))
    button.setFixedWidth(96)
    # A mouse click must not take the focus: Space runs the training.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
