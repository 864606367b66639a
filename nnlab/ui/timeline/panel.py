"""What stands below the curves: play, how fast, the track, and in words where one is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnlab.ui.actions import ACTIONS, tooltip_of
from nnlab.ui.icons import icon
from nnlab.ui.live_actions import Actions
from nnlab.ui.session import Session
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.timeline.film import SPEEDS
from nnlab.ui.timeline.run_marks import RunMarks
from nnlab.ui.timeline.track import Track
from nnlab.ui.timeline.words import ago
from nnlab.ui.widgets.elided import Elided


class TimelinePanel(QWidget):
    """Follows the session's travel through the present run."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setAccessibleName("The run's past")
        self._session, self._marks, self._theme = session, RunMarks(session), LIGHT
        self.play = QToolButton()
        self.play.setObjectName("flat")
        self.play.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.play.setAccessibleName("Play as a film")
        action = actions["film"]
        self.play.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.play.setEnabled)
        self.play.setEnabled(action.isEnabled())
        self.speed = Choice()
        self.speed.setAccessibleName("Speed of the film")
        self.speed.setToolTip("How long the whole run lasts as a film")
        self.speed.addItems([speed.words for speed in SPEEDS])
        self.speed.setFixedWidth(104)
        self.speed.setCurrentIndex(SPEEDS.index(session.film.speed))
        self.speed.currentIndexChanged.connect(lambda place: session.film.choose(SPEEDS[place]))
        self.track = Track()
        self.words = Elided("muted", self.fontMetrics().horizontalAdvance("step 100,000, 100,000 steps ago"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.play)
        row.addWidget(self.speed)
        row.addWidget(self.track, 1)
        row.addWidget(self.words)
        travel = session.travel
        self.track.wanted.connect(travel.go_to)
        self.track.paged.connect(travel.epoch_by)
        travel.moved.connect(self.follow)
        travel.changed.connect(self.follow)
        session.progressed.connect(self.follow)
        session.film.changed.connect(self._show_face)
        self.follow()

    def follow(self, *_: object) -> None:
        """How far the run is, what is marked on it, and where one stands."""
        session, travel = self._session, self._session.travel
        progress, reason = session.progress, travel.reason
        marks = self._marks.all if progress.step else ()
        if reason and self.track.hasFocus():
            # Qt would hand the keyboard on to whatever comes next, where Space no longer runs.
            self.track.clearFocus()
        self.track.setEnabled(not reason)
        self.track.setToolTip(reason)
        self.track.show_run(travel.first, progress.step, travel.wanted, marks)
        if reason:
            words = reason
        elif travel.wanted is None:
            words = f"now, step {progress.step:,}"
        else:
            words = ago(travel.wanted, progress.step)
        if words != self.words.text():
            self.words.setText(words)

    def apply_theme(self, theme: Theme) -> None:
        """The track in other colours."""
        self._theme = theme
        self.track.apply_theme(theme)
        self._show_face(self._session.film.is_playing)

    def _show_face(self, is_playing: bool) -> None:
        self.play.setIcon(icon("pause" if is_playing else "run", self._theme.text))
        self.play.setToolTip("Stop the film here" if is_playing else tooltip_of(ACTIONS["film"]))
