"""Which snapshots of a run are kept: many of the last steps, fewer and fewer of those long ago, within a number of bytes."""

from collections.abc import Sequence

from nnlab.experiments.journal.records import Snapshot

# More would not be found faster in than they are replayed.
MOST_SNAPSHOTS = 400


def superfluous(snapshots: Sequence[Snapshot], budget: int, most: int = MOST_SNAPSHOTS) -> list[int]:
    """The steps of those that have to go, of snapshots in the order of their steps.

    The first, the last and pinned ones stay. Of the others the one goes whose gap, seen from the present, is smallest:

        (next - previous) / (last - this)

    so that the way to replay is at most about the same share of how long ago a step was, wherever one goes back to.
    """
    kept = list(snapshots)
    gone: list[int] = []
    bytes_held = sum(snapshot.bytes for snapshot in kept)
    while len(kept) > 2 and (bytes_held > budget or len(kept) > most):
        places = [place for place in range(1, len(kept) - 1) if not kept[place].is_pinned]
        if not places:
            break
        last = kept[-1].step
        place = min(places, key=lambda at: (kept[at + 1].step - kept[at - 1].step) / (last - kept[at].step))
        bytes_held -= kept[place].bytes
        gone.append(kept.pop(place).step)
    return gone
