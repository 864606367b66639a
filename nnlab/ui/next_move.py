"""What to do next in the window: what a person wishes and what there is, compared. No Qt, no memory; the session does it."""

from dataclasses import dataclass

from nnlab.datasets.source import Source
from nnlab.experiments.experiment import Experiment
from nnlab.ui.activity import Activity
from nnlab.ui.opened_file import OpenedFile


@dataclass(frozen=True)
class Wish:
    """What a person wants: this experiment, perhaps by a fresh run, perhaps with its data read again, perhaps training.

    opened is the file that it came from, whose model goes on as long as the experiment is as it was there.
    """

    experiment: Experiment
    opened: OpenedFile | None = None
    begins_anew: bool = False
    rereads: bool = False
    plays: bool = False

    @property
    def source(self) -> Source:
        """Of the data that it wants."""
        return self.experiment.dataset.source


@dataclass(frozen=True)
class Facts:
    """What there is: data, or that it is being loaded or could not be; a run, and what it is doing.

    problem says why the experiment cannot run on the data that is there, is_blank that it is a plane with too few points.
    """

    loaded: Source | None = None
    loading: Source | None = None
    failed: Source | None = None
    running: Experiment | None = None
    activity: Activity = Activity.IDLE
    has_learned: bool = False
    problem: str = ""
    is_blank: bool = False


@dataclass(frozen=True)
class Load:
    """Have the data loaded that is wished for."""


@dataclass(frozen=True)
class StopLoading:
    """What is being loaded is not wished for any more."""


@dataclass(frozen=True)
class Prepare:
    """Have a run made, and put the one before it aside: with a word about that, unless it is seen to train on at once."""

    is_told: bool
    plays: bool


@dataclass(frozen=True)
class ChangeLive:
    """Go over to these settings between two steps."""

    experiment: Experiment


@dataclass(frozen=True)
class Play:
    """Train."""


@dataclass(frozen=True)
class Pause:
    """Stop between two steps."""


Move = Load | StopLoading | Prepare | ChangeLive | Play | Pause


def next_move(wish: Wish, facts: Facts) -> Move | None:
    """What brings what there is nearer to what is wished; None where nothing does, or something must come first."""
    if facts.loaded != wish.source or wish.rereads:
        return None if wish.source in (facts.loading, facts.failed) else Load()
    if facts.loading is not None:
        return StopLoading()
    if facts.problem:
        # Of a plane that was wiped nothing can be learned; other data stays what it is while its settings are wrong.
        return Pause() if facts.is_blank and facts.activity is Activity.RUNNING else None
    running, wanted = facts.running, wish.experiment
    if running is None or wish.begins_anew or (running.needs_reset(wanted) and _begins_at_once(running, wish, facts)):
        plays = wish.plays or (running is not None and _is_drawn_on(running, wish) and facts.activity is Activity.RUNNING)
        return Prepare(facts.has_learned and not plays, plays)
    # Live settings act at once even while others wait for a reset.
    live = running.with_live(wanted) if running.needs_reset(wanted) else wanted
    if live != running:
        return ChangeLive(live)
    return Play() if wish.plays and facts.activity not in (Activity.LOADING, Activity.RUNNING) else None


def _begins_at_once(running: Experiment, wish: Wish, facts: Facts) -> bool:
    """Whether an edit that needs a fresh run gets it at once: nothing is lost, or points are being drawn."""
    return _is_drawn_on(running, wish) or not facts.has_learned


def _is_drawn_on(running: Experiment, wish: Wish) -> bool:
    """Whether points were drawn or wiped since: who draws while it trains sees it train on with the new ones."""
    return wish.experiment.dataset.name == "drawn" and wish.source != running.dataset.source
