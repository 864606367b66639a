"""What the start offers: to go on with a run that was cut off, by a kill, a crash or a power cut, while it trained."""

import contextlib
from collections.abc import Callable
from contextlib import closing

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.deleting import purge
from nnlab.experiments.journal.listing import interrupted
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.report import Report
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.runs_panel.when import when
from nnlab.ui.session import Session
from nnlab.ui.widgets.notice import NoticeLine
from nnlab.words import shown

_KEY = "interrupted_let_be"


class InterruptedNotice(NoticeLine):
    """Looks for such runs beside the window; those that a person has let be are not offered again."""

    def __init__(self, session: Session, files: Files, memory: QSettings, show_runs: Callable[[], None]) -> None:
        super().__init__()
        self.setAccessibleName("Interrupted runs")
        self._session, self._memory = session, memory
        self._offered: list[int] = []
        self._is_asked = False
        self.not_now, self.show_runs = QPushButton("Not now"), QPushButton("Show runs")
        for button in (self.not_now, self.show_runs):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.add_part(button)
        self.not_now.clicked.connect(self.dismissed)
        self.not_now.clicked.connect(self.hide)
        self.show_runs.clicked.connect(show_runs)
        self.acted.connect(self._go_on)
        self.dismissed.connect(self._let_be)
        files.opening.connect(self._on_opening)

    def look(self) -> None:
        """Begin to look; nothing waits for it."""
        job = Job("Looking for interrupted runs")
        job.done.connect(self._offer)
        self._session.jobs.start(job, _found)

    def _offer(self, found: tuple[list[RunRecord], str]) -> None:
        records, trouble = found
        if trouble:
            self._session.message.emit(trouble)
        let_be = self._let_be_before()
        records = [record for record in records if record.number not in let_be]
        if not records:
            return
        self._offered = [record.number for record in records]
        last, others = records[0], len(records) - 1
        more = f" So {'was 1 earlier run' if others == 1 else f'were {others:,} earlier runs'}." if others else ""
        sentence = f"The run {shown(last.name)} of {when(last.started)} was interrupted at step {last.step:,}.{more}"
        self.show_runs.setVisible(others > 0)
        self.tell(sentence, "Go on")

    def _go_on(self) -> None:
        self._is_asked = True
        self._session.open_run(self._offered[0])

    def _on_opening(self) -> None:
        """The question before it may have been answered with Cancel: then the offer stands."""
        if self._is_asked:
            self.hide()

    def _let_be(self) -> None:
        self._memory.setValue(_KEY, sorted({*self._let_be_before(), *self._offered}))
        self._memory.sync()

    def _let_be_before(self) -> set[int]:
        stored = self._memory.value(_KEY, [])
        texts = stored if isinstance(stored, list) else [stored]
        return {int(str(text)) for text in texts if str(text).isdecimal()}


def _found(report: Report) -> tuple[list[RunRecord], str]:
    store, notice = open_store(runs_folder())
    with closing(store):
        # A window that was killed left what it had deleted, and nobody brings that back.
        with contextlib.suppress(RunStoreError):
            purge(store)
        return interrupted(store), notice
