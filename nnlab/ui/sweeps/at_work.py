"""The window of sweeps at work: runs what is started there, and reads and writes its files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from nnlab.atomic_file import write_atomically
from nnlab.errors import NnlabError
from nnlab.experiments.sweeps.records import SweepRecord
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.sweep_file import format_sweep, load_sweep
from nnlab.ui.appearance import Appearance
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.sweeps.reader import SweepReader, Watched
from nnlab.ui.sweeps.running import ALREADY, SweepRunning
from nnlab.ui.sweeps.window import SweepsWindow
from nnlab.ui.theme import Theme

_FILES = "Sweeps (*.toml)"


class SweepsAtWork(QObject):
    """One window for all sweeps, made when it is wanted first. What runs goes on when it is closed, and ends with nnlab."""

    message = Signal(str)  # what is said while the window of sweeps is closed

    def __init__(
        self, parent: QWidget, session: Session, files: Files, appearance: Appearance, running: SweepRunning
    ) -> None:
        super().__init__(parent)
        self.window: SweepsWindow | None = None
        self.running = running
        self._parent, self._session, self._files, self._appearance = parent, session, files, appearance
        self._reader = SweepReader()
        self.running.changed.connect(self._follow)
        self.running.ended.connect(self._end)
        self.running.refused.connect(self._hear_refusal)
        self.running.noticed.connect(self._hear)
        appearance.changed.connect(self._on_theme)

    def open(self) -> None:
        """Show it, or bring it to the front."""
        window = self._made()
        window.show()
        window.raise_()
        window.activateWindow()

    def read(self, path: Path) -> None:
        """A sweep out of a file, to be looked at before it is started."""
        job = Job(f"Opening {path.name}")
        job.done.connect(self._show)
        job.failed.connect(self._say)
        self._session.jobs.start(job, lambda report: load_sweep(path))

    def start(self, sweep: Sweep) -> None:
        """Train its trials. The very same one that was stopped before goes on."""
        self._begin(sweep, [*self._session.loading.folders, *sweep.near])

    def go_on(self, watched: Watched) -> None:
        """With one of the store that has stopped: with the data where it was found then."""
        if watched.sweep is not None:
            self._begin(watched.sweep, [*self._session.loading.folders, *watched.record.folders])

    def shut_down(self) -> None:
        """Returns when its thread has ended."""
        self._reader.close()

    def _begin(self, sweep: Sweep, folders: Sequence[Path]) -> None:
        window = self._made()
        if self.running.is_busy:
            window.say(ALREADY)
            return
        try:
            hands = window.setup.hands.hands()
        except NnlabError as error:
            self._refuse(str(error))
            return
        window.say("")
        window.setup.hands.tell("")
        # Where it lies has been said with the folders.
        window.setup.show_starting(True)
        self.running.begin(self, replace(sweep, near=()), hands, list(dict.fromkeys(folders)))

    def _made(self) -> SweepsWindow:
        if self.window is None:
            self.window = window = SweepsWindow(self._parent, self._session, self._files, self._reader)
            window.follow_own(lambda: (self.running.number, self.running.is_stopping))
            window.apply_theme(self._appearance.theme)
            window.start_wanted.connect(self.start)
            window.go_on_wanted.connect(self.go_on)
            window.pause_wanted.connect(self.running.pause)
            window.unpause_wanted.connect(self.running.go_on)
            window.cancel_wanted.connect(self._cancel)
            window.file_dropped.connect(self.read)
            window.setup.open_wanted.connect(self._ask_for_file)
            window.setup.save_wanted.connect(self._ask_where)
        return self.window

    @property
    def _is_own(self) -> bool:
        """Whether what runs was begun here."""
        return self.running.owner is self

    def _follow(self, record: SweepRecord) -> None:
        """What was started here comes into sight."""
        if self.window is None:
            return
        if self._is_own:
            self.window.setup.show_starting(False)
            if self.window.number == 0:
                self.window.show_number(record.number)
        self.window.show_own()

    def _end(self) -> None:
        if self.window is not None:
            self.window.setup.show_starting(False)
            self.window.show_own()

    def _cancel(self) -> None:
        self.running.cancel()
        self._made().show_own()

    def _refuse(self, sentence: str) -> None:
        """Below the address, where it is about a cluster that was asked while a new sweep was set up."""
        window = self.window
        if window is not None and window.setup.hands.is_cluster and window.setup.isVisible():
            window.setup.hands.tell(sentence.removeprefix("--scheduler "))
        else:
            self._say(sentence)

    def _hear(self, sentence: str) -> None:
        if self._is_own:
            self._say(sentence)

    def _hear_refusal(self, sentence: str) -> None:
        if self._is_own:
            self._refuse(sentence)

    def _say(self, sentence: str) -> None:
        if self.window is not None and self.window.isVisible():
            self.window.say(sentence)
        else:
            self.message.emit(sentence)

    def _show(self, sweep: Sweep) -> None:
        self.open()
        self._made().show_draft(sweep)

    def _ask_for_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self.window, "Open a sweep", str(self._files.folder), _FILES)
        if chosen:
            self.read(Path(chosen))

    def _ask_where(self, sweep: Sweep) -> None:
        path = self._files.ask_where("Save the sweep", sweep.name, (".toml",), "Sweep")
        if path is None:
            return
        try:
            write_atomically(path, format_sweep(sweep).encode(errors="replace"))
            self._files.tell_written(f"The sweep was saved in {path}; nnlab sweep runs it without a window.", path)
        except NnlabError as error:
            self._say(str(error))

    def _on_theme(self, theme: Theme) -> None:
        if self.window is not None:
            self.window.apply_theme(theme)
