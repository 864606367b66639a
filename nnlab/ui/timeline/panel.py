"""What stands below the curves: play, and how fast; the track, under their first plot; and in words where one is."""

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from nnlab.ui.actions import ACTIONS, tooltip_of
from nnlab.ui.icons import icon
from nnlab.ui.live_actions import Actions
from nnlab.ui.session import Session
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.timeline.film import SPEEDS
from nnlab.ui.timeline.run_marks import RunMarks
from nnlab.ui.timeline.track import SIDE, Track
from nnlab.ui.timeline.words import ago, here
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import set_tooltip

# Pixels: between the track and the words, in which these can be read, and before the first step.
_APART, _LEAST_WORDS, _LEAST = 8, 90, 3


class TimelinePanel(QWidget):
    """Follows the session's travel through the present run. Its parts lie where the curves have theirs, so that a step is
    below itself; no layout would follow that without holding the window as wide as it is.
    """

    def __init__(self, session: Session, actions: Actions, curves: CurvesView) -> None:
        super().__init__()
        self._curves = curves
        self.setAccessibleName("The run's past")
        self._session, self._marks, self._theme = session, RunMarks(session), LIGHT
        self.play, self.speed = QToolButton(), QToolButton()
        for button, name in ((self.play, "Play as a film"), (self.speed, "Speed of the film")):
            button.setObjectName("flat")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(name)
        self.speed.setText("▾")
        # Both have the room that the curves' numbers take above them.
        self.speed.setFixedWidth(14)
        self.speed.setToolTip("How long the whole run lasts as a film")
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setMenu(self._speeds())
        action = actions["film"]
        self.play.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.play.setEnabled)
        self.play.setEnabled(action.isEnabled())
        self.track, self.words = Track(), Elided("muted")
        for part in (self.play, self.speed, self.track, self.words):
            part.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        curves.moved.connect(self._place)
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
        set_tooltip(self.track, reason)
        self.track.show_run(travel.first, progress.step, travel.wanted, marks)
        self._curves.show_marks(marks)
        if reason:
            words: tuple[str, ...] = (reason,)
        elif travel.wanted is None:
            words = here(progress.moment)
        else:
            words = (ago(travel.wanted, progress.step),)
        if words[0] != self.words.text():
            self.words.offer(*words)
        self._place()

    def sizeHint(self) -> QSize:
        """As high as the track, and as wide as there is room."""
        return QSize(400, self.track.sizeHint().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """The track can be short."""
        return QSize(200, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is other room."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Play in the corner, the track from the first step to the end of the plot, the words where there is room behind."""
        height, begin = self.height(), 0
        for button in (self.play, self.speed):
            wanted = button.sizeHint()
            width = min(wanted.width(), button.maximumWidth())
            button.setGeometry(begin, (height - wanted.height()) // 2, width, wanted.height())
            begin += width
        reason = self._session.travel.reason
        self.track.setVisible(not reason)
        if reason:
            # There is nothing on the track; why can be read in its place.
            self.words.setGeometry(begin + _APART, 0, max(self.width() - begin - _APART, 0), height)
            self.words.show()
            return
        end = self.width()
        places = self._curves.places_of(self.track.first, self.track.last)
        if places is not None:
            left = self.mapToGlobal(QPoint(begin, 0)).x()
            first, now, last = (place - left for place in places)
            self.track.align((max(first, _LEAST), now, last))
            end = min(end, round(begin + last + SIDE))
        else:
            self.track.align(None)
        self.track.setGeometry(begin, 0, max(end - begin, 0), height)
        room = self.width() - end - _APART
        self.words.setVisible(room > _LEAST_WORDS)
        self.words.setGeometry(end + _APART, 0, max(room, 0), height)

    def _speeds(self) -> QMenu:
        menu, film = QMenu(self.speed), self._session.film
        group = QActionGroup(menu)
        self.speeds = []
        for speed in SPEEDS:
            action = menu.addAction(speed.words.capitalize())
            action.setCheckable(True)
            action.setChecked(speed == film.speed)
            action.triggered.connect(lambda _=False, speed=speed: film.choose(speed))
            group.addAction(action)
            self.speeds.append(action)
        return menu

    def apply_theme(self, theme: Theme) -> None:
        """The track in other colours."""
        self._theme = theme
        self.track.apply_theme(theme)
        self._show_face(self._session.film.is_playing)

    def _show_face(self, is_playing: bool) -> None:
        self.play.setIcon(icon("pause" if is_playing else "run", self._theme.text))
        self.play.setToolTip("Stop the film here" if is_playing else tooltip_of(ACTIONS["film"]))
