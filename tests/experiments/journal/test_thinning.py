"""Which snapshots stay: all where there is room, else those from which no step is far, seen from how long ago it was."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nnlab.experiments.journal.records import Snapshot
from nnlab.experiments.journal.thinning import superfluous


def thinned(count: int, budget: int, size: int = 10, pinned: tuple[int, ...] = ()) -> list[int]:
    """The steps that are left after so many snapshots, each of which was thinned when it came, as in a run."""
    kept: list[Snapshot] = []
    for step in range(count):
        kept.append(Snapshot(step, size, step in pinned))
        gone = superfluous(kept, budget)
        kept = [snapshot for snapshot in kept if snapshot.step not in gone]
    return [snapshot.step for snapshot in kept]


def test_where_there_is_room_none_goes():
    assert thinned(20, budget=200) == list(range(20))


@given(count=st.integers(2, 300), room=st.integers(3, 40))
def test_the_first_and_the_last_stay_and_the_budget_holds(count: int, room: int):
    steps = thinned(count, budget=10 * room)
    assert steps[0] == 0
    assert steps[-1] == count - 1
    assert len(steps) == min(count, room)


def test_the_gap_grows_with_how_long_ago_it_was():
    steps = thinned(2000, budget=10 * 40)
    gaps = [(later - earlier, 1999 - later) for earlier, later in pairwise(steps)]
    # Dense near the present, and never a longer way to replay than about a third of how long ago it was.
    assert [gap for gap, age in gaps if age < 4] == [1] * 4
    assert all(gap <= max(2, 0.4 * (age + gap)) for gap, age in gaps)


def test_where_a_run_went_back_to_stays():
    assert {5, 77} <= set(thinned(500, budget=10 * 10, pinned=(5, 77)))


def test_a_single_snapshot_larger_than_the_budget_stays():
    assert thinned(1, budget=5) == [0]
    assert thinned(2, budget=5) == [0, 1]
