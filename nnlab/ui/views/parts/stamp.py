"""Of which moment a thing is that a view shows, in the same words in every view."""

from nnlab.probes import Moment


def stamp(moment: Moment, now: Moment | None = None) -> str:
    """As of step 1,200 · the model is now at step 1,300; before training.

    With `now`, the moment of the model as it is, it is told what has become of the model since; of nothing no word is lost.
    """
    said = f"as of {moment.words}" if moment.step or moment.is_edited else "before training"
    since = moment.until(now) if now is not None else ""
    return f"{said} · {since}" if since else said
