"""In what situation the window is, as far as it decides what can be done: one frozen value, for every action's rule."""

from dataclasses import dataclass

from nnlab.ui.activity import Activity


@dataclass(frozen=True)
class Situation:
    """What the run is doing, whether the experiment can run at all, and what there is to go back to."""

    activity: Activity = Activity.LOADING
    has_problem: bool = False
    can_undo: bool = False
    can_redo: bool = False
    can_bring_back: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether there is a run, or could be one, that does as it is told."""
        return not self.has_problem and self.activity is not Activity.LOADING

    @property
    def can_run(self) -> bool:
        """Whether Run would do something: train, pause, or train on."""
        return self.is_ready or self.activity is Activity.RUNNING

    @property
    def can_step(self) -> bool:
        """Whether a single step can be made."""
        return self.is_ready and self.activity is not Activity.RUNNING and not self.activity.has_ended
