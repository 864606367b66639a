"""Room in the store for one more run, within what all snapshots together may take."""

from nnlab.experiments.journal.deleting import purge_left
from nnlab.experiments.journal.store import RunStore


def make_room(store: RunStore) -> None:
    """What was deleted by somebody who is gone goes first. Then the oldest runs give up all but their last snapshot, from
    which they can still go on; and where that is not enough those that ended, and can be trained again from their
    experiment, also that one.
    """
    purge_left(store)
    limits, sizes = store.limits(), store.sizes()

    def is_enough() -> bool:
        return sum(sizes.values()) + limits["run"] <= limits["store"]

    for gives_all in (False, True):
        for number in sorted(sizes):
            if is_enough():
                return
            snapshots = store.snapshots(number)
            given = [snapshot.step for snapshot in (snapshots if gives_all else snapshots[:-1]) if snapshot.bytes]
            if not given or store.is_held(number) or (gives_all and not _can_be_trained_again(store, number)):
                continue
            store.drop_snapshots(number, given)
            sizes[number] = sum(snapshot.bytes for snapshot in store.snapshots(number))


def _can_be_trained_again(store: RunStore, number: int) -> bool:
    """To where it stands, from its experiment alone: it ended, and neither began out of a file nor ever went back."""
    found = store.find(number)
    if found is None or not found.ending or found.star or found.begins_elsewhere:
        return False
    return not any(snapshot.is_pinned for snapshot in store.snapshots(number))
