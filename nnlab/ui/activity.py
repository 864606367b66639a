"""What the run in the window is doing."""

from enum import Enum


class Activity(Enum):
    """Each with the word that the status line has for it."""

    LOADING = "loading"
    IDLE = "ready"
    RUNNING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"

    @property
    def has_ended(self) -> bool:
        """Whether no further step can be made as things are."""
        return self in (Activity.FINISHED, Activity.DIVERGED)
