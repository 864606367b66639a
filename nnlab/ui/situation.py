"""In what situation the window is: what a person wishes, and what there is. All that is decided is decided by this value.

What happens next (next_move.py), what can be done (actions.py) and what is to be told (notices.py) are functions of it; the
session compares it with the last one that it told. The wish is a value of its own inside, since a person and the moves
change it, while all the rest is looked up where it is.
"""

from dataclasses import dataclass

from nnlab.datasets.array_settings import ArraySettings
from nnlab.datasets.drawn import is_blank
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.mending import Mending
from nnlab.probes.advice import Advice, slower
from nnlab.ui.activity import Activity
from nnlab.ui.fit import NO_FIT, Fit
from nnlab.ui.opened import Opened, Source, Wanted
from nnlab.ui.pace import FULL_SPEED


@dataclass(frozen=True)
class Wish:
    """What a person wants: this experiment, perhaps by a fresh run, perhaps with its data read again, perhaps training.

    opened is the file or the kept run that it came from, which goes on as long as that takes no fresh start; wanted is one
    that is to take its place. The wish waits where its data could not be had: nobody looks again until a person asks. fit is
    what the program has changed of the model that a person chose.
    """

    experiment: Experiment
    opened: Opened | None = None
    wanted: Wanted | None = None
    begins_anew: bool = False
    rereads: bool = False
    plays: bool = False
    waits: bool = False
    fit: Fit = NO_FIT

    @property
    def arrays(self) -> ArraySettings:
        """What decides about the arrays that it wants."""
        return self.experiment.dataset.arrays


@dataclass(frozen=True)
class Situation:
    """The wish; data, or that it is being loaded; a file or a kept run that is being read; a run, and what it is doing.

    problem says why the experiment cannot run on the data that is there, mending what would solve that; missing is why the
    data could not be had that is waited for. undoes and redoes name the edit that undo would take back and that redo would
    make again, "" where there is none; aside is the name of the run that can be brought back, 0 where there is none. pace is
    how many steps a second Run makes; is_past says that an earlier step of the run is shown, can_go_back that there is one
    before. more_epochs is for how many a run goes on after its end, offers_more that a person has been asked whether it is
    to, kept_epoch the epoch whose parameters the model has again then. advice says what to
    do about a run that does not learn, first_move by what share its first step would have moved its weights at rate 1.
    """

    wish: Wish
    loaded: ArraySettings | None = None
    loading: ArraySettings | None = None
    reading: Source | None = None
    running: Experiment | None = None
    activity: Activity = Activity.IDLE
    has_learned: bool = False
    problem: str = ""
    undoes: str = ""
    redoes: str = ""
    aside: int = 0
    pace: float = FULL_SPEED
    is_past: bool = False
    can_go_back: bool = False
    mending: Mending | None = None
    missing: NnlabError | None = None
    more_epochs: int = 0
    offers_more: bool = False
    kept_epoch: int = 0
    advice: Advice | None = None
    first_move: float = 0.0

    @property
    def has_data(self) -> bool:
        """Whether the data that is wished for is there."""
        return self.loaded == self.wish.arrays and not self.wish.rereads

    @property
    def is_blank(self) -> bool:
        """Whether the data is a plane on which too little has been drawn to learn from."""
        return is_blank(self.wish.experiment.dataset.source)

    @property
    def needs_reset(self) -> bool:
        """Whether it takes a fresh run to have what is wished."""
        return self.running is not None and self.running.needs_reset(self.wish.experiment)

    @property
    def is_pending(self) -> bool:
        """Whether edits wait for a reset, which is not on its way yet."""
        return self.needs_reset and self.has_data and not self.wish.begins_anew and not self.is_blank

    @property
    def slower_rate(self) -> float:
        """A learning rate that a run that diverged can be begun with again."""
        return slower(self.wish.experiment.training.learning_rate, self.first_move)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self.undoes)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to make again."""
        return bool(self.redoes)

    @property
    def is_ready(self) -> bool:
        """Whether there is a run, or could be one, that does as it is told."""
        return not self.problem and self.activity is not Activity.LOADING

    @property
    def can_run(self) -> bool:
        """Whether Run would do something: train, pause, or offer to go on after the end."""
        return not self.problem or self.activity is Activity.RUNNING

    @property
    def can_continue(self) -> bool:
        """Whether the run is complete, and could go on."""
        return self.activity is Activity.FINISHED and self.is_ready

    @property
    def can_step(self) -> bool:
        """Whether a single step can be made, or be seen of those that were made."""
        stands = self.activity in (Activity.IDLE, Activity.PAUSED, Activity.FINISHED)
        return self.is_past or (self.running is not None and stands and not self.problem)

    @property
    def can_play(self) -> bool:
        """Whether there are earlier steps to be seen one after the other."""
        return self.is_past or self.can_go_back

    @property
    def can_branch(self) -> bool:
        """Whether another run can go on from the step that is shown."""
        return self.is_past and not self.problem
