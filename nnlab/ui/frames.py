"""The frames: when the worker is asked for what the views want to see."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnlab.ui.messages import FrameRequest, ProbeRequest

# 22 frames a second; a slow screen slows itself, since the next frame is only asked for when one has been drawn.
_FRAME_MILLISECONDS = 45


class Frames(QObject):
    """Asks while training runs, and while it stands whenever something has changed; never before the last answer."""

    wanted = Signal(object)  # FrameRequest

    def __init__(self, is_running: Callable[[], bool], is_slow: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        # What the visible views want to see; the window says.
        self.wanted_probes: Callable[[bool], tuple[ProbeRequest, ...]] = lambda all_views: ()
        # In slow motion the worker tells of every step, and all views are drawn after each.
        self._is_running, self._is_slow = is_running, is_slow
        self._generation: int | None = None
        self._is_stale = self._is_waiting = False
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MILLISECONDS)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        for timer in (self._timer, self._soon):
            timer.timeout.connect(self._ask)

    @property
    def is_settled(self) -> bool:
        """Whether what can be seen is of the run as it stands."""
        return self._generation is not None and not (self._is_running() or self._is_stale or self._is_waiting)

    def start(self) -> None:
        """From now on."""
        self._timer.start()

    def stop(self) -> None:
        """The last frame has been asked for."""
        self._timer.stop()
        self._soon.stop()

    def hold(self) -> None:
        """The run is given up: nothing is asked, and no answer of it will come, before another begins."""
        self._generation, self._is_waiting = None, False

    def begin(self, generation: int) -> None:
        """There is a run to ask about: at once, when all who hear of it have said what they want of it."""
        self._generation, self._is_stale = generation, True
        if self._timer.isActive():
            self._soon.start(0)

    def refresh(self) -> None:
        """The run, or what the views want of it, has changed: ask even while training stands."""
        self._is_stale = True

    def take_answer(self) -> None:
        """What was asked for has come, and been drawn."""
        self._is_waiting = False

    @Slot()
    def _ask(self) -> None:
        flows = self._is_running() and not self._is_slow()
        if self._generation is not None and not self._is_waiting and (self._is_stale or flows):
            self._is_stale, self._is_waiting = False, True
            self.wanted.emit(FrameRequest(self._generation, self.wanted_probes(not flows)))
