"""What the line above the stage tells: which notices there are, and which one wins. Values; the line itself shows them."""

from dataclasses import dataclass, replace
from enum import Enum

from nnlab.experiments.experiment import Experiment
from nnlab.ui.actions import ACTIONS, keys_text
from nnlab.ui.activity import Activity
from nnlab.ui.going_on import going_on_words
from nnlab.ui.situation import Situation


class About(Enum):
    """What a notice is about."""

    NEWS = "something that has happened"
    PUT_ASIDE = "a run that has made way for a fresh one"
    PENDING = "edits that wait for a reset"
    STOPPED = "a breakpoint at which training stands"
    AILING = "why a run does not learn"
    COMPLETE = "the end of a run, after which it can go on"


@dataclass(frozen=True)
class Notice:
    """A sentence, perhaps with a button or two that do what rows of the table of actions do.

    of tells notices of the same words apart: the run that was put aside, the experiment that waits.
    """

    about: About
    sentence: str
    button: str = ""
    action: str = ""
    of: Experiment | int | None = None
    other_button: str = ""
    other_action: str = ""


def news(sentence: str) -> Notice:
    """Something has gone wrong, or well."""
    return Notice(About.NEWS, sentence)


def written(sentence: str) -> Notice:
    """Something was saved; the folder that it lies in can be looked into."""
    return Notice(About.NEWS, sentence, "Open folder", "open_folder")


def welcome() -> Notice:
    """What a first start offers."""
    return Notice(
        About.NEWS, "Press Space to train what is open, or begin with one of the examples.", "Examples…", "examples"
    )


def put_aside(now: Situation, opened: str = "") -> Notice:
    """The run that has learned made way for the present one: a fresh one, or what was opened."""
    way = f": {keys_text(ACTIONS['undo'])} brings it back" if now.undoes else ""
    first = f"{opened} is open" if opened else "A fresh run has begun"
    sentence = f"{first}. The one that was trained is kept{way}."
    return Notice(About.PUT_ASIDE, sentence, "Bring it back", "bring_back", now.aside)


def stopped(sentence: str) -> Notice:
    """Training stands at a breakpoint, and can go on."""
    return Notice(About.STOPPED, sentence, "Go on", "run", other_button="Edit breakpoints", other_action="stop_when")


def pending(now: Situation) -> Notice | None:
    """The edits that wait, if any do."""
    # What cannot run waits for something else first, which is told beside Run.
    if not now.is_pending or now.problem:
        return None
    sentence = "Some changes wait for a reset, since this run was begun without them."
    return Notice(About.PENDING, sentence, "Reset now", "reset", now.wish.experiment)


def complete(now: Situation) -> Notice | None:
    """Run was asked for after the end."""
    if not now.offers_more or not now.can_continue:
        return None
    words, key = going_on_words(now.more_epochs), keys_text(ACTIONS["run"])
    kept = f", and its model is again that of its best epoch, {now.kept_epoch:,}" if now.kept_epoch else ""
    sentence = f"The run is complete{kept}. {key} again trains that model on; Batch and Epoch do so by one."
    return Notice(About.COMPLETE, sentence, words, "continue", now.more_epochs)


def ailing(now: Situation) -> Notice | None:
    """Why the run does not learn, and the learning rate with which it does."""
    advice = now.advice
    if advice is None or now.activity in (Activity.DIVERGED, Activity.LOADING):
        return None
    return Notice(About.AILING, advice.sentence, advice.words, "take_advice" if advice.words else "")


@dataclass(frozen=True)
class Notices:
    """What there is to tell in a situation: what was told last, until it is out of date, before what follows by itself."""

    situation: Situation
    told: Notice | None = None
    dismissed: tuple[Notice, ...] = ()

    @property
    def shown(self) -> Notice | None:
        """The notice that wins."""
        if (offered := complete(self.situation)) is not None:
            return offered
        following = (pending(self.situation), ailing(self.situation))
        return self.told or next((notice for notice in following if notice and notice not in self.dismissed), None)

    def tell(self, notice: Notice) -> "Notices":
        """Something new takes the place of what was told before."""
        return replace(self, told=notice)

    def take_back(self, about: About) -> "Notices":
        """What was told about this is not so any more."""
        return replace(self, told=None if self.told is not None and self.told.about is about else self.told)

    def dismiss(self) -> "Notices":
        """A person has read what is shown; what follows from the situation comes again when that is another."""
        if self.told is not None or self.shown is None:
            return replace(self, told=None)
        kept = (notice for notice in self.dismissed if notice.about is not self.shown.about)
        return replace(self, dismissed=(*kept, self.shown))

    def follow(self, now: Situation) -> "Notices":
        """In the next situation some of what was told is out of date."""
        is_over = self.told is not None and _is_over(self.told, self.situation, now)
        return replace(self, situation=now, told=None if is_over else self.told)


def _is_over(told: Notice, before: Situation, now: Situation) -> bool:
    begins_to_train = now.activity is Activity.RUNNING and before.activity is not Activity.RUNNING
    is_opened = now.wish.opened is not None and now.wish.opened is not before.wish.opened
    # An edit that must wait is what a person looks at now, and not what was told before.
    waits_anew = now.is_pending and now.wish.experiment != before.wish.experiment
    is_brought_back = told.about is About.PUT_ASIDE and told.of != now.aside
    return begins_to_train or is_opened or waits_anew or is_brought_back
