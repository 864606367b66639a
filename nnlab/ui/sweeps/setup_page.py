"""Making a sweep: what is varied of the present experiment, how it is searched, and who trains it."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.sweeps.figures import FIGURES
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.models.metrics import metrics_of
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.sweeps.axis_list import AxisList
from nnlab.ui.sweeps.draft import Draft, draft_of, fault_of
from nnlab.ui.sweeps.hands_card import HandsCard
from nnlab.ui.sweeps.search_card import SearchCard
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.scrolled import Scrolled
from nnlab.words import counted, shown

_MILLISECONDS = 200  # after the last key, before it is looked at whether all of it makes sense
_SIDE = 322


class SetupPage(QWidget):
    """Whatever is typed is looked at as a whole, beside the window: how many trials it makes, or what is wrong and where."""

    start_wanted = Signal(object)  # Sweep
    open_wanted = Signal()
    save_wanted = Signal(object)  # Sweep

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.draft = Draft(_name_of(session.experiment), session.experiment)
        self._is_own = True  # whether it is of the present experiment, and not out of a file
        self.sweep: Sweep | None = None  # what is typed, where it makes sense
        self._is_starting = False
        self.name, self.base = QLineEdit(), Elided("muted")
        self.take_present = QPushButton("Of the present experiment")
        self.axes, self.search, self.hands = AxisList(), SearchCard(), HandsCard()
        self.count, self.problem = label("", "headline"), label("", "error")
        self.start, self.open, self.save = QPushButton("Start"), QPushButton("Open…"), QPushButton("Save as…")
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_MILLISECONDS)
        self._patience.timeout.connect(self._look)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        self.name.setAccessibleName("Name of the sweep")
        self.problem.setWordWrap(True)
        self.start.setObjectName("primary")
        self.start.setToolTip("Train the trials, beside the window")
        self.open.setToolTip("A sweep out of a file (.toml)")
        self.save.setToolTip("The sweep as a file (.toml), for nnlab sweep")
        self.take_present.setToolTip("Vary the settings of the experiment that is open in the window")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(captioned("Name", self.name), 2)
        head.addWidget(self.base, 2)
        head.addWidget(self.take_present)
        side_content = QWidget()
        side = QVBoxLayout(side_content)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        for card in (self.search, self.hands):
            side.addWidget(card)
        side.addStretch(1)
        self._side, place = side_content, Scrolled()
        place.hold(side_content)
        self._place = place
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.axes, 1)
        middle.addWidget(place)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.count)
        foot.addWidget(self.problem, 1)
        for button in (self.open, self.save, self.start):
            button.setAutoDefault(False)
            foot.addWidget(button)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 8, 0, 0)
        outline.setSpacing(12)
        outline.addLayout(head)
        outline.addLayout(middle, 1)
        outline.addLayout(foot)

    def _connect(self) -> None:
        self.name.textEdited.connect(lambda text: self._change(replace(self.draft, name=text.strip())))
        self.axes.changed.connect(lambda axis: self._change(self.draft.with_axis(axis)))
        self.axes.removed.connect(lambda name: self._change(self.draft.without_axis(name)))
        self.search.changed.connect(lambda search: self._change(replace(self.draft, search=search)))
        self.hands.changed.connect(self._tell_count)
        self.take_present.clicked.connect(self._take_present)
        self.open.clicked.connect(self.open_wanted)
        self.start.clicked.connect(lambda: self.start_wanted.emit(self._with_folders()))
        self.save.clicked.connect(lambda: self.save_wanted.emit(self.sweep))
        self._session.experiment_changed.connect(self._follow)
        self._session.dataset_changed.connect(lambda _: self._show())

    def showEvent(self, event: QShowEvent) -> None:
        """What has changed while nobody looked is looked at now."""
        super().showEvent(event)
        self._fit_side()
        if self.sweep is None:
            self._patience.start()

    def show_sweep(self, sweep: Sweep) -> None:
        """One that is there already, as if it had been typed."""
        self._is_own = False
        self._change(draft_of(sweep))

    def apply_theme(self, theme: Theme) -> None:
        """To the rows."""
        self.axes.apply_theme(theme)
        self._fit_side()

    def _fit_side(self) -> None:
        """As wide as its letters need it."""
        self._side.ensurePolished()
        self._place.setFixedWidth(max(_SIDE, self._side.minimumSizeHint().width()))

    def show_starting(self, is_on: bool) -> None:
        """Whoever is to train is being asked, which may take a moment."""
        self._is_starting = is_on
        self.start.setText("Starting…" if is_on else "Start")
        self._tell_count()

    def begin_anew(self) -> None:
        """Nothing is varied, of the present experiment."""
        self._is_own = True
        experiment = self._session.experiment
        self._change(Draft(_name_of(experiment), experiment, search=self.draft.search))

    def _take_present(self) -> None:
        self._is_own = True
        self._change(replace(self.draft, base=self._session.experiment, near=()))

    def _with_folders(self) -> Sweep | None:
        """Of the present experiment the data lies where the window has found it."""
        return replace(self.sweep, near=self._session.folders) if self.sweep and self._is_own else self.sweep

    def _follow(self, experiment: Experiment) -> None:
        if self._is_own:
            was_own_name = self.draft.name == _name_of(self.draft.base)
            name = _name_of(experiment) if was_own_name else self.draft.name
            self._change(replace(self.draft, base=experiment, name=name))

    def _change(self, draft: Draft) -> None:
        self.draft, self.sweep = draft, None
        self._show()

    def _show(self) -> None:
        draft = self.draft
        if self.name.text().strip() != draft.name:
            self.name.setText(draft.name)
        self.base.setText(f"of {'the present experiment, ' if self._is_own else ''}{shown(draft.base.name)}")
        self.take_present.setVisible(not self._is_own)
        self.axes.show_axes(draft.base, draft.axes, draft.kind == "grid")
        self.search.show_search(draft.search, self._figures())
        self._tell_count()
        if self.isVisible():
            self._patience.start()

    def _figures(self) -> Sequence[str]:
        """Those that the data has, where it is known: a loss, and the metrics of its targets."""
        dataset = self._session.dataset
        if dataset is None or not self._is_own:
            return FIGURES
        known = {"loss", *(metric.name for metric in metrics_of(dataset.targets))}
        found = [name for name in FIGURES if name.partition("_")[2] in known]
        return [*found, *(name for name in FIGURES if name not in found and name.startswith("test_m"))]

    def _look(self) -> None:
        """Whether it makes sense, on a thread of its own: experiments are made to see whether they can be."""
        draft = self.draft
        if not draft.axes:
            self._tell_fault("", "")
            return
        job = Job("Reading the sweep")
        job.done.connect(lambda sweep: self._take(draft, sweep))
        job.failed.connect(lambda _: self._take_fault(draft, job.error))
        self._session.jobs.start(job, lambda report: draft.to_sweep())

    def _take(self, draft: Draft, sweep: Sweep) -> None:
        if draft is not self.draft:
            return
        self.sweep = sweep
        self._tell_fault("", "")

    def _take_fault(self, draft: Draft, error: NnlabError | None) -> None:
        if draft is self.draft and error is not None:
            self._tell_fault(*fault_of(error, draft))

    def _tell_fault(self, where: str, sentence: str) -> None:
        is_axis, is_search = where in self.axes.rows, where.startswith("search.")
        self.axes.tell(where if is_axis else "", sentence)
        self.search.tell(where if is_search else "", sentence if is_search else "")
        self.problem.setText("" if is_axis or is_search else sentence)
        self._tell_count()

    def _tell_count(self) -> None:
        sweep = self.sweep
        self.count.setText(_count_words(sweep) if sweep is not None else "")
        can_start = self.search.is_known and self.hands.is_known and not self._is_starting
        self.start.setEnabled(sweep is not None and can_start)
        self.save.setEnabled(sweep is not None)


def _name_of(experiment: Experiment) -> str:
    return f"Sweep of {shown(experiment.name)}"


def _count_words(sweep: Sweep) -> str:
    """How many trials, and that some must be the same, which a person may not see who draws from a few values."""
    words = counted(sweep.count, "trial")
    return words if sweep.count <= sweep.most_different else f"{words}, at most {sweep.most_different:,} different"
