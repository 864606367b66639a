"""The window of several seeds at work: trains what is started there, on processes beside the window."""

import os
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnlab.experiments.sweeps.processes import Processes
from nnlab.experiments.sweeps.records import SweepRecord
from nnlab.ui.appearance import Appearance
from nnlab.ui.seeds.banding import Banding
from nnlab.ui.seeds.reader import SeedsReader, SeedsSeen
from nnlab.ui.seeds.window import SeedsWindow
from nnlab.ui.session import Session
from nnlab.ui.sweeps.running import ALREADY, SweepRunning
from nnlab.ui.theme import Theme


class SeedsAtWork(QObject):
    """One window, made when it is wanted first. What runs goes on when it is closed, and ends with nnlab."""

    message = Signal(str)  # what is said while the window is closed

    def __init__(self, parent: QWidget, session: Session, appearance: Appearance, running: SweepRunning) -> None:
        super().__init__(parent)
        self.running = running
        self._session = session
        self._reader = SeedsReader()
        self.window = SeedsWindow(parent, session, self._reader)
        self.window.follow_own(lambda: (running.number, running.is_stopping))
        self.window.apply_theme(appearance.theme)
        self.banding = Banding(self, session, self._reader)
        self.window.card.band_wanted.connect(self.banding.want)
        self.window.others_wanted.connect(self.banding.forget)
        self.window.start_wanted.connect(self._start)
        self.window.cancel_wanted.connect(self._cancel)
        running.changed.connect(self._follow)
        running.ended.connect(self.window.show_own)
        running.refused.connect(self._hear)
        running.noticed.connect(self._hear)
        appearance.changed.connect(self._on_theme)

    def open(self) -> None:
        """Show the window, or bring it to the front; with the present experiment, unless others are just being trained."""
        window = self.window
        if not window.isVisible() and not (self._is_own and self.running.is_busy):
            window.number = 0
        window.show()
        window.raise_()
        window.activateWindow()

    def shut_down(self) -> None:
        """Returns when its thread has ended."""
        self._reader.close()

    @property
    def _is_own(self) -> bool:
        """Whether what runs was begun here."""
        return self.running.owner is self

    def _start(self, seen: SeedsSeen, is_anew: bool) -> None:
        if self.running.is_busy:
            self.window.say(ALREADY)
            return
        near = seen.record.folders if seen.record is not None and seen.wanted.number else seen.sweep.near
        folders = list(dict.fromkeys([*self._session.loading.folders, *near]))
        # One core stays with the window.
        hands = Processes(max(1, (os.cpu_count() or 2) - 1))
        self.running.begin(self, replace(seen.sweep, near=()), hands, folders, is_anew)

    def _follow(self, record: SweepRecord) -> None:
        """What was started stays in sight, whatever becomes of the present experiment."""
        if self._is_own and self.window.number != record.number and self.running.is_busy:
            self.window.show_number(record.number)
        self.window.show_own()

    def _cancel(self) -> None:
        self.running.cancel()
        self.window.show_own()

    def _hear(self, sentence: str) -> None:
        if not self._is_own:
            return
        if self.window.isVisible():
            self.window.say(sentence)
        else:
            self.message.emit(sentence)

    def _on_theme(self, theme: Theme) -> None:
        self.window.apply_theme(theme)
