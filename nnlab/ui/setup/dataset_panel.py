"""Choose the data, prepare it, and see what it is, below a line that says the most important of it."""

from dataclasses import replace
from pathlib import Path
from typing import TypeGuard

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnlab.datasets import Dataset, DatasetSettings
from nnlab.datasets.drawn import DrawnSource, points_of
from nnlab.datasets.files import FileSource
from nnlab.datasets.settings import CLASS_FIELDS, PICTURE_FIELDS
from nnlab.datasets.summary import Summary, summarize, value_ranges
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.naming import with_own_data
from nnlab.targets import Values, words_of
from nnlab.ui.actions import ACTIONS, tooltip_of
from nnlab.ui.messages import Prepared
from nnlab.ui.session import Session
from nnlab.ui.setup.class_chart import ClassChart
from nnlab.ui.setup.form import SettingsForm
from nnlab.ui.setup.loading_line import LoadingLine
from nnlab.ui.setup.section import SectionLine, has_room
from nnlab.ui.setup.value_chart import ValueChart
from nnlab.ui.situation import Situation
from nnlab.ui.widgets.card import Card, label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import literally
from nnlab.words import bytes_text, figure

# More values than these would fill the card.
_MOST_VALUES = 3
_NO_PATH = "Choose a file or a folder, or drop one on the window."
_NO_POINTS = "Draw points of at least two classes on the plane."
# On a screen as high as this the pictures push nothing out of sight that is changed first.
_HIGH = 1000


class DatasetPanel(Card):
    """The data card: which, how prepared, an example and the count of each class, the values, where it comes from."""

    browse_wanted = Signal()

    def __init__(self, session: Session, memory: QSettings) -> None:
        super().__init__("1  Data", dense=True)
        self._session = session
        self._prepared: Prepared | None = None
        self._asked: DatasetSettings | None = None  # what was chosen here last
        # What the form shows that the experiment cannot be, and the data's settings of the experiment meanwhile.
        self._unfinished: tuple[DatasetSettings, DatasetSettings] | None = None
        self._form = SettingsForm(left=session.choices_left, memory=memory)
        self._form.edited.connect(self._edit)
        self._hint = label("", "muted")
        self._hint.setWordWrap(True)
        self._hint.hide()
        self.loading = LoadingLine()
        self.classes = ClassChart()
        self.values = ValueChart()
        self.about = SectionLine("About the data", memory, "about the data", has_room(self, _HIGH), wraps=True)
        self._parts = Elided("muted")
        self._facts = label("", "muted")
        self._facts.setWordWrap(True)
        # A name without a gap is cut where the card ends.
        self._facts.setMinimumWidth(1)
        self._columns = Elided("muted")
        self._source = Elided("muted")
        self.browse = _browse_button(session.situation)
        self.browse.clicked.connect(self.browse_wanted)
        head = QHBoxLayout()
        head.addWidget(self.about, 1)
        head.addWidget(self.browse)
        for widget in (self._form, self._hint, self.loading):
            self.body.addWidget(widget)
        self.body.addLayout(head)
        self.body.addWidget(self._make_details())
        self._follow(session)
        self.show_experiment(session.experiment)

    def _make_details(self) -> QWidget:
        """What stands below the line, as long as that is open."""
        details = QWidget()
        column = QVBoxLayout(details)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        for widget in (self.classes, self.values, self._parts, self._facts, self._columns, self._source):
            column.addWidget(widget)
        if not self.about.is_open:
            details.hide()
        self.about.turned.connect(details.setVisible)
        return details

    def _follow(self, session: Session) -> None:
        session.experiment_changed.connect(self.show_experiment)
        session.dataset_changed.connect(self.show_dataset)
        session.prepared.connect(self.show_parts)
        session.situation_changed.connect(self._show_situation)
        session.loading.began.connect(self.loading.begin)
        session.loading.progressed.connect(self.loading.show_progress)
        session.loading.ended.connect(self.loading.end)
        # The session has heard of it before, and gone back to the data there is.
        session.loading.failed.connect(self._show_refused)
        self.loading.cancelled.connect(session.loading.cancel)

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the form."""
        if self._unfinished is not None and self._unfinished[1] == experiment.dataset:
            return
        self._unfinished = None
        self._form.show_settings(experiment.dataset)
        self._form.tell("")
        self._leave_out()
        self._show_hint(_NO_POINTS if self._session.is_blank else "")

    def _show_refused(self, settings: DatasetSettings, sentence: str) -> None:
        """What was typed stays, with what is wrong with it below; the experiment is as it was."""
        is_own = self._asked is not None and self._asked.source == settings.source
        is_back = self._session.experiment.dataset.source != settings.source
        if sentence and is_own and is_back and isinstance(settings.source, FileSource):
            self._show_unfinished(settings)
            self._form.tell(sentence, "source.path")

    def _show_unfinished(self, settings: DatasetSettings) -> None:
        self._unfinished = settings, self._session.experiment.dataset
        self._form.show_settings(settings)

    def _show_situation(self, now: Situation) -> None:
        self._form.show_applied(now.running.dataset if now.running else None)
        self.browse.setEnabled(ACTIONS["browse"].can(now))

    def show_dataset(self, dataset: Dataset) -> None:
        """Counts, pictures, values, and where they come from."""
        summary = summarize(dataset)
        self._leave_out()
        self.set_note(_count_text(len(dataset.train), len(dataset.test)))
        if self._prepared is not None and _is_of(self._prepared, self._session.experiment):
            # Data that came back, as by undoing: the run is of it, and no other is prepared.
            self.show_parts(self._prepared)
        else:
            # Which of them are held back is known when the run is prepared.
            self._parts.setText(_parts_text({"train": len(dataset.train), "test": len(dataset.test)}))
            self._explain_parts(_sum_text(len(dataset.train), 0, len(dataset.test)))
        self.about.call(dataset.title)
        self.about.say(_in_short(dataset))
        self._facts.setText(_facts(dataset, summary))
        self._columns.setText(dataset.table.in_short() if dataset.table else "")
        self._columns.setToolTip(literally(dataset.table.in_full()) if dataset.table else "")
        self._columns.setVisible(dataset.table is not None)
        self._source.setText(" · ".join(part for part in (dataset.licence, dataset.source) if part))
        self._source.setVisible(bool(dataset.source or dataset.licence))
        self.classes.show_summary(dataset, summary)
        self.values.show_summary(summary)

    def show_parts(self, prepared: Prepared) -> None:
        """How many examples the run learns from, and how many are held back."""
        self._prepared = prepared
        split, test = prepared.split, prepared.dataset.test
        self._parts.setText(_parts_text({"train": len(split.train), "validation": len(split.validation), "test": len(test)}))
        self._explain_parts(_sum_text(len(split.train), len(split.validation), len(test)))

    def _explain_parts(self, words: str) -> None:
        self._parts.setToolTip(words)
        self.explain_note(words)

    def choose_path(self, path: Path) -> None:
        """A file or folder of the person's own becomes the data; how another file had to be read says nothing about it."""
        dataset, first = self._session.experiment.dataset, FileSource()
        former = dataset.source if isinstance(dataset.source, FileSource) else first
        own = replace(former, path=str(path), test_path="", label=first.label, exclude=first.exclude, target=first.target)
        self._edit(replace(dataset, source=own, classes=""), "source.path")

    def _edit(self, settings: DatasetSettings, name: str) -> None:
        dataset, source = self._session.dataset, settings.source
        if isinstance(source, FileSource) and not source.path:
            # Half a choice: the form already asks which file, the experiment stays as it is.
            self._show_unfinished(settings)
            self._form.tell("")
            self._show_hint(_NO_PATH)
            return
        self._asked, self._unfinished = settings, None
        if name == "source" and isinstance(source, DrawnSource) and not source.points and _is_drawable(dataset):
            settings = replace(settings, source=replace(source, points=points_of(dataset)))
        self._session.edit(with_own_data(self._session.experiment, settings), f"dataset.{name}")

    def _leave_out(self) -> None:
        """Hide what would do nothing for the present data; what was chosen all the same stays, and can be taken back."""
        dataset, settings = self._session.dataset, self._session.experiment.dataset
        if dataset is None:
            return
        pointless = frozenset() if dataset.is_image else PICTURE_FIELDS
        if not dataset.class_names and not settings.label_noise:
            pointless |= CLASS_FIELDS
        self._form.leave_out(pointless)

    def _show_hint(self, text: str) -> None:
        self._hint.setText(text)
        self._hint.setVisible(bool(text))


def _browse_button(now: Situation) -> QPushButton:
    row = ACTIONS["browse"]
    button = QPushButton(row.face(now).word)
    button.setToolTip(tooltip_of(row))
    button.setEnabled(row.can(now))
    # A mouse click must not take the focus: Space runs the training.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _is_of(prepared: Prepared, experiment: Experiment) -> bool:
    return prepared.experiment.dataset.arrays == experiment.dataset.arrays


def _count_text(learned: int, test: int) -> str:
    """400 examples + 200 test: the first is the number of points in the form, where points are made."""
    return f"{learned:,} examples{f' + {test:,} test' if test else ''}"


def _parts_text(counts: dict[str, int]) -> str:
    """1,299 train · 143 validation · 355 test."""
    return " · ".join(f"{count:,} {part}" for part, count in counts.items() if count)


def _sum_text(train: int, validation: int, test: int) -> str:
    """How the parts make up the whole: where points are made, their number in the form is that of the first two."""
    held = f" and validation, {validation:,} of them held back" if validation else ""
    more = f"; {test:,} more for the test" if test else ""
    return f"{train + validation:,} examples for training{held}{more}: {train + validation + test:,} in all"


def _in_short(dataset: Dataset, pixels: str = "") -> str:
    """28 × 28 · 10 classes; of pictures the first are so many pixels."""
    shape = " × ".join(str(axis) for axis in dataset.example_shape)
    if dataset.is_image:
        height, width, channels = dataset.example_shape
        colors = {1: "", 3: ", colour"}.get(channels, f", {channels} channels")
        what = f"{height} × {width}{pixels}{colors}"
    else:
        what = "2-D points" if dataset.is_plane else "1 number" if dataset.example_shape == (1,) else f"{shape} numbers"
    return f"{what} · {_targets_text(dataset)}"


def _facts(dataset: Dataset, summary: Summary) -> str:
    """The same, and what its values and its size are."""
    low, high = (figure(end, 6) for end in summary.reach)
    values = f"values {low} … {high} · " if len(dataset.train) else ""
    return f"{_in_short(dataset, ' pixels')} · {values}{bytes_text(summary.bytes)}{' on disk' if summary.is_on_disk else ''}"


def _is_drawable(dataset: Dataset | None) -> TypeGuard[Dataset]:
    """Whether its examples could have been drawn with the mouse: points of classes in the plane."""
    return dataset is not None and dataset.is_plane and not isinstance(dataset.targets, Values)


def _targets_text(dataset: Dataset) -> str:
    """10 classes, or the values with their ranges: price 12 … 450 €, and 2 more values."""
    targets = dataset.targets
    if not isinstance(targets, Values):
        return words_of(targets)
    texts = [
        f"{known.name} {figure(known.least)} … {figure(known.greatest)} {known.unit}".strip()
        for known in value_ranges(dataset)
    ]
    more = [f"{len(texts) - _MOST_VALUES:,} more values"] if len(texts) > _MOST_VALUES else []
    return ", ".join([*texts[:_MOST_VALUES], *more])
