"""What to do next in the window: what a person wishes and what there is, compared. No Qt, no memory; the session does it."""

from dataclasses import dataclass

from nnlab.datasets.drawn import DrawnSource
from nnlab.experiments.experiment import Experiment
from nnlab.ui.activity import Activity
from nnlab.ui.opened import Source
from nnlab.ui.situation import Situation


@dataclass(frozen=True)
class Read:
    """Have a file or a kept run read that is to be opened."""

    source: Source


@dataclass(frozen=True)
class StopReading:
    """What is being read is not wanted any more."""


@dataclass(frozen=True)
class Load:
    """Have the data loaded that is wished for."""


@dataclass(frozen=True)
class StopLoading:
    """What is being loaded is not wished for any more."""


@dataclass(frozen=True)
class Prepare:
    """Have a run made, and put the one before it aside: with a word about that, unless it is seen to train on at once."""

    is_announced: bool
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


@dataclass(frozen=True)
class Refuse:
    """What was to be trained cannot be: who mends it says anew when."""


Move = Read | StopReading | Load | StopLoading | Prepare | ChangeLive | Play | Pause | Refuse


def next_move(now: Situation) -> Move | None:
    """What brings what there is nearer to what is wished; None where nothing does, or something must come first."""
    wish = now.wish
    if wish.wanted is not None and now.reading != wish.wanted.source:
        return Read(wish.wanted.source)
    if wish.wanted is None and now.reading is not None:
        return StopReading()
    if not now.has_data:
        return None if wish.waits or now.loading == wish.arrays else Load()
    if now.loading is not None:
        return StopLoading()
    if now.problem:
        # Of a plane that was wiped nothing can be learned; other data stays what it is while its settings are wrong.
        if now.is_blank and now.activity is Activity.RUNNING:
            return Pause()
        return Refuse() if wish.plays else None
    return _move_of_run(now)


def _move_of_run(now: Situation) -> Move | None:
    """The data is there, and the experiment can run on it."""
    running, wish = now.running, now.wish
    if running is None or wish.begins_anew or (now.needs_reset and _begins_at_once(now)):
        plays = wish.plays or (_is_drawn_on(now) and now.activity is Activity.RUNNING)
        return Prepare(now.has_learned and not plays, plays)
    # Live settings act at once even while others wait for a reset.
    live = running.with_live(wish.experiment) if now.needs_reset else wish.experiment
    if live != running:
        return ChangeLive(live)
    return Play() if wish.plays and now.activity not in (Activity.LOADING, Activity.RUNNING) else None


def _begins_at_once(now: Situation) -> bool:
    """Whether an edit that needs a fresh run gets it at once: nothing is lost, or points are being drawn."""
    return _is_drawn_on(now) or not now.has_learned


def _is_drawn_on(now: Situation) -> bool:
    """Whether points were drawn or wiped since: who draws while it trains sees it train on with the new ones."""
    is_drawn = isinstance(now.wish.experiment.dataset.source, DrawnSource)
    return is_drawn and now.running is not None and now.wish.arrays != now.running.dataset.arrays
