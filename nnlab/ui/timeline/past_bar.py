"""The bar above the stage while an earlier step is shown: which, and the ways back."""

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton

from nnlab.ui.actions import ACTIONS, tooltip_of
from nnlab.ui.live_actions import Actions
from nnlab.ui.session import Session
from nnlab.ui.timeline.run_marks import RunMarks
from nnlab.ui.timeline.words import ago
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import literally


class PastBar(QFrame):
    """Tells that the views show an earlier step, so that nobody takes it for the present one."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("past")
        self.setAccessibleName("An earlier step is shown")
        self._session, self._marks = session, RunMarks(session)
        self.words = Elided()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(90)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Replaying")
        self.bar.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.bar)
        self.buttons = {name: self._button(name, actions[name]) for name in ("branch", "back_to_now")}
        for button in self.buttons.values():
            row.addWidget(button)
        travel = session.travel
        travel.moved.connect(self.follow)
        travel.arrived.connect(self._on_arrived)
        travel.progressed.connect(self._show_progress)
        session.progressed.connect(self.follow)
        self.hide()

    def follow(self, *_: object) -> None:
        """Shown exactly while an earlier step is wanted."""
        travel, progress = self._session.travel, self._session.progress
        if travel.wanted is None:
            self.hide()
            self.bar.hide()
            return
        going_on = "; training goes on meanwhile" if progress.is_running else ""
        is_there = travel.shown is not None and travel.shown.step == travel.wanted
        where, marked = ago(travel.wanted, progress.step), ""
        if is_there or self.bar.isHidden():
            begin, words = "The views show", self._marks.words_at(travel.wanted)
            marked = f" ({words})" if words else ""
        else:
            begin = "On the way to"
        words = f"{begin} {where}{marked}{going_on}"
        if words != self.words.text():
            # In a narrow bar what it is that is shown; that the views do can be seen.
            self.words.offer(words, f"{begin} {where}{marked}", f"{begin} {where}", f"Step{where.removeprefix('step')}")
        self.show()

    def _on_arrived(self, _: object) -> None:
        self.bar.hide()
        self.follow()

    def _show_progress(self, what: str, share: float) -> None:
        if self._session.travel.is_past:
            self.bar.setToolTip(literally(what))
            self.bar.setRange(0, 0 if math.isnan(share) else 1000)
            self.bar.setValue(0 if math.isnan(share) else round(1000 * share))
            self.bar.show()
            self.follow()

    def _button(self, name: str, action: QAction) -> QPushButton:
        button = QPushButton(ACTIONS[name].words)
        button.setToolTip(tooltip_of(ACTIONS[name]))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        return button
