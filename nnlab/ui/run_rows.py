"""The rows of the table of actions that train, step, reset and bring back."""

from nnlab.ui.action_row import Face, Row
from nnlab.ui.activity import Activity
from nnlab.ui.going_on import going_on_words
from nnlab.ui.pace import STEP_BY_STEP
from nnlab.ui.remedies import remedy_of
from nnlab.ui.situation import Situation


def _run_face(situation: Situation) -> Face:
    """What Run does now."""
    match situation.activity:
        case Activity.RUNNING:
            return Face("Pause", "pause")
        case Activity.FINISHED:
            return Face("Continue", "run", going_on_words(situation.more_epochs))
        case Activity.DIVERGED:
            return Face("Restart", "run", "Start afresh from the same seed, and train")
        case _ if situation.pace == STEP_BY_STEP:
            return Face("Step", "run", "One step: one batch, one update")
        case _:
            return Face("Run", "run")


def _mending_face(situation: Situation) -> Face:
    """What mends it, where something does."""
    remedy = remedy_of(situation)
    return Face(remedy.words, help=remedy.detail, words=remedy.words) if remedy is not None and remedy.words else Face()


def _advice_face(situation: Situation) -> Face:
    """The learning rate that helps, where one does."""
    advice = situation.advice
    return Face(advice.words, help=advice.sentence, words=advice.words) if advice is not None and advice.words else Face()


RUN_ROWS = (
    Row(
        "run",
        "Run",
        0,
        "Run or pause",
        lambda desk: desk.session.run_or_pause(),
        ("Space",),
        "Train, and pause; after the end it asks whether to go on",
        face=_run_face,
        can=lambda situation: situation.can_run,
    ),
    Row(
        "continue",
        "Run",
        0,
        "Continue after the end",
        lambda desk: desk.session.go_on(),
        help="Train a complete run for as many epochs again",
        face=lambda situation: Face(words=going_on_words(situation.more_epochs)) if situation.can_continue else Face(),
        can=lambda situation: situation.can_continue,
    ),
    Row(
        "mend",
        "Run",
        0,
        "Mend what stops Run",
        lambda desk: desk.mend(),
        help="Do what makes the experiment run, as it stands beside Run",
        face=_mending_face,
        can=lambda situation: bool(_mending_face(situation).word),
    ),
    Row(
        "take_advice",
        "Run",
        0,
        "Mend a run that does not learn",
        lambda desk: desk.session.take_advice(),
        help="Set the learning rate that the line above the views advises, or start afresh with it",
        face=_advice_face,
        can=lambda situation: bool(_advice_face(situation).word),
    ),
    Row(
        "batch",
        "Run",
        0,
        "Step one batch",
        lambda desk: desk.session.step_batch(),
        ("Right",),
        "One step: one batch, one update; after the end it makes the run longer",
        face=lambda situation: Face("Batch", "batch"),
        can=lambda situation: situation.can_step,
    ),
    Row(
        "epoch",
        "Run",
        0,
        "Step one epoch",
        lambda desk: desk.session.step_epoch(),
        ("Shift+Right",),
        "On to the end of the epoch; after the end one epoch more",
        face=lambda situation: Face("Epoch", "epoch"),
        can=lambda situation: situation.can_step,
    ),
)
RESET_ROWS = (
    Row(
        "reset",
        "Run",
        2,
        "Reset, same seed",
        lambda desk: desk.session.reset(),
        ("R",),
        "Start afresh from the same seed, with all settings applied",
        face=lambda situation: Face("Reset", "reset"),
        can=lambda situation: situation.is_ready,
    ),
    Row(
        "reset_new_seed",
        "Run",
        2,
        "Reset, new seed",
        lambda desk: desk.session.reset_with_new_seed(),
        ("Shift+R",),
        "Start afresh from the next seed",
        can=lambda situation: situation.is_ready,
    ),
    Row(
        "bring_back",
        "Run",
        3,
        "Bring back the run before",
        lambda desk: desk.session.bring_back(),
        can=lambda situation: situation.aside != 0,
    ),
)
