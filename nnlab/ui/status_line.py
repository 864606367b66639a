"""The line at the bottom: state, place, time, rate, seed, who computes, and whether all is saved."""

from PySide6.QtWidgets import QSizePolicy, QStatusBar

from nnlab.ui.clock import clock
from nnlab.ui.files import is_shipped
from nnlab.ui.messages import Prepared, Progress
from nnlab.ui.session import Session
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import set_tooltip
from nnlab.words import figure


class StatusLine(QStatusBar):
    """Cells side by side, whose places do not jump while numbers run."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._prepared: Prepared | None = None
        self.setSizeGripEnabled(False)
        widths = {"state": 64, "place": 220, "time": 125, "rate": 150, "learning": 150, "machine": 130}
        self._cells = {name: _Cell(width) for name, width in widths.items()}
        for cell in self._cells.values():
            self.addWidget(cell)
        self.setContentsMargins(8, 0, 8, 0)
        self._saved = label("", "muted")
        self.addPermanentWidget(self._saved)
        session.progressed.connect(self.show_progress)
        session.prepared.connect(self._show_prepared)
        session.saved_changed.connect(self.show_saved)
        session.experiment_changed.connect(lambda _: self.show_saved())
        self.show_saved()

    def show_progress(self, progress: Progress) -> None:
        """Everything that changes while training."""
        self._set("state", "stopped" if progress.stop else progress.activity.value)
        self._set("place", _place_text(progress))
        eta = f", ETA {clock(progress.seconds_left)}" if progress.is_running else ""
        self._set("time", clock(progress.seconds) + eta)
        self._set("rate", f"{progress.rate:,.0f} examples/s" if progress.rate else "")
        self._set("learning", f"learning rate {figure(progress.learning_rate)}")
        set_tooltip(self._cells["state"], progress.reason)
        if self._prepared is not None:
            self._show_machine(self._prepared, progress)

    def show_saved(self) -> None:
        """Whether the experiment stands in its file as it is."""
        session = self._session
        path, name = session.path, session.experiment.name
        # What has come of an example has a name of its own once its data is a person's.
        if path is not None and not (is_shipped(path.parent) and path.stem != name):
            name = path.name
        self._saved.setText(f"{name} · saved" if session.is_saved and path else f"{name} · not saved")
        if session.is_saved and not path:
            self._saved.setText(name)

    def _show_prepared(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._show_machine(prepared, Progress())

    def _show_machine(self, prepared: Prepared, progress: Progress) -> None:
        """Who computes: processes beside the window, or threads of its own, and why."""
        workers = f"helpers {progress.helpers}" if progress.helpers else f"threads {prepared.threads}"
        self._set("machine", f"seed {prepared.experiment.training.seed} · {workers}")
        why = f"The window's own process trains: {progress.alone_because}." if progress.alone_because else ""
        beside = f"Processes that train beside the window: {progress.helpers}." if progress.helpers else ""
        told = why or beside
        set_tooltip(self._cells["machine"], f"{told} Run > Helpers has another number for other runs." if told else "")

    def _set(self, name: str, text: str) -> None:
        self._cells[name].setText(text)


class _Cell(Elided):
    """As wide as the widest text it has had: it grows for a longer one and never shrinks again."""

    def __init__(self, width: int) -> None:
        super().__init__("muted", width)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Other words, and room for all of them."""
        if text == self.text():
            return
        self.ensurePolished()
        wanted = self._width_of(text) + 8
        if wanted > self._width:
            self._width = wanted
            self.updateGeometry()
        super().setText(text)


def _place_text(progress: Progress) -> str:
    """Where training is; or, where an earlier epoch's parameters were put back at the end, which one."""
    if progress.moment.kept_epoch not in (0, progress.moment.epoch):
        return f"epoch {progress.moment.kept_epoch:,} of {progress.epochs:,}, restored"
    return f"epoch {progress.epoch:,}/{progress.epochs:,} · batch {progress.batch:,}/{progress.batches:,}"
