"""Who is to be compared: nnlab's own run, and the frameworks there are, each with its version or with how to have it."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QCheckBox, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from nnlab.experiments.baselines.frameworks import FRAMEWORKS, is_there, version
from nnlab.optional import install_line
from nnlab.ui.widgets.card import label, set_role

_APART = "nnlab, trained apart"


class FrameworkList(QWidget):
    """A row for each: a box to tick, and what there is to say about it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QCheckBox] = {}
        self.words: dict[str, QLabel] = {}
        self.copies: dict[str, QPushButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.apart, self.own = QCheckBox(_APART), label("", "muted")
        self._wants_apart = False
        self.apart.clicked.connect(self._wish_apart)
        self._add(0, self.apart, self.own)
        for row, (name, framework) in enumerate(FRAMEWORKS.items(), 1):
            box = self.boxes[name] = QCheckBox(framework.title)
            words = self.words[name] = label("", "muted")
            self._add(row, box, words)
            copy = self.copies[name] = QPushButton("Copy")
            copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            copy.setToolTip("Copy the line that installs it")
            copy.clicked.connect(lambda _=False, name=name: QApplication.clipboard().setText(install_line(name)))
            self._grid.addWidget(copy, row, 2, Qt.AlignmentFlag.AlignVCenter)
        self.look_again()
        for name in ("torch", "sklearn"):
            self.boxes[name].setChecked(is_there(name))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The frameworks that are ticked."""
        return tuple(name for name, box in self.boxes.items() if box.isEnabled() and box.isChecked())

    def look_again(self, problems: Mapping[str, str] | None = None) -> None:
        """What is installed now, and what was wrong with those that were tried."""
        for name, box in self.boxes.items():
            there, problem = is_there(name), (problems or {}).get(name, "")
            box.setEnabled(there)
            text = version(name) if there else f"not installed: {install_line(name)}"
            self._say(self.words[name], problem or text, bool(problem))
            self.copies[name].setVisible(not there)

    def say_own(self, sentence: str, must_train: bool) -> None:
        """What there is of nnlab's own run; where it is none to compare with, one is trained in any case."""
        self.own.setText(sentence)
        self.apart.setEnabled(not must_train)
        self.apart.setChecked(must_train or self._wants_apart)

    def _wish_apart(self, on: bool) -> None:
        """A person's own choice, which stands while another is made for them."""
        self._wants_apart = on

    def _add(self, row: int, box: QCheckBox, words: QLabel) -> None:
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.toggled.connect(self.changed)
        words.setWordWrap(True)
        words.setMinimumWidth(1)
        self._grid.addWidget(box, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(words, row, 1)

    def _say(self, words: QLabel, text: str, is_wrong: bool) -> None:
        words.setText(text)
        set_role(words, "error" if is_wrong else "muted")
