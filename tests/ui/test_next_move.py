"""From whatever there is, the moves lead to what is wished for, or stop at a problem; and nothing learned gets lost."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.datasets import DatasetSettings
from nnlab.datasets.array_settings import ArraySettings
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.layers.dense import Dense
from nnlab.training import TrainingSettings
from nnlab.ui.activity import Activity
from nnlab.ui.next_move import (
    ChangeLive,
    Load,
    Move,
    Pause,
    Play,
    Prepare,
    Read,
    Refuse,
    StopLoading,
    StopReading,
    next_move,
)
from nnlab.ui.opened import Opened, RunStep, Source, Wanted
from nnlab.ui.situation import Situation, Wish

DATA = [
    DatasetSettings("xor"),
    DatasetSettings("moons"),
    DatasetSettings({"kind": "drawn", "points": ((0.0, 1.0, 0),)}),
    DatasetSettings({"kind": "drawn", "points": ((0.0, 1.0, 0), (1.0, 0.0, 1))}),
]
MODELS = [MLPSettings(), MLPSettings((Dense(2),))]
TRAINING = [TrainingSettings(), TrainingSettings(learning_rate=0.5), TrainingSettings(seed=3)]
EXPERIMENTS = st.builds(Experiment, st.just("a"), st.sampled_from(DATA), st.sampled_from(MODELS), st.sampled_from(TRAINING))
ARRAYS: list[ArraySettings | None] = [None, *(data.arrays for data in DATA)]
# Each takes a moment, and what matters is several things at once.
MANY = 400
SOURCES: list[Source] = [Path("a.toml"), Path("b.safetensors"), RunStep(3), RunStep(3, 40)]
OPENED = st.builds(Opened, EXPERIMENTS, plays=st.booleans())
WISHES = st.builds(
    Wish,
    EXPERIMENTS,
    st.one_of(st.none(), OPENED),
    st.one_of(st.none(), st.builds(Wanted, st.sampled_from(SOURCES), st.booleans())),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """All that there may be: who waits asks for nothing else, what has learned is a run, a blank plane a problem."""
    wish, running = draw(WISHES), draw(st.one_of(st.none(), EXPERIMENTS))
    if wish.waits:
        wish = replace(wish, begins_anew=False, rereads=False, plays=False)
    there_is = running is not None
    # The data that is wished for is there as often as it is not.
    arrays = st.sampled_from([*(len(ARRAYS) * [wish.arrays]), *ARRAYS])
    now = Situation(
        wish,
        draw(arrays),
        draw(arrays if wish.rereads else st.sampled_from(ARRAYS)),
        draw(st.sampled_from([None, *SOURCES])),
        running,
        draw(st.sampled_from(Activity)) if there_is else Activity.IDLE,
        there_is and draw(st.booleans()),
        draw(st.sampled_from(["", "no"])),
    )
    return replace(now, problem="too few") if now.is_blank else now


def change(now: Situation, **wish: object) -> Situation:
    return replace(now, wish=replace(now.wish, **wish))


def done(move: Move, now: Situation) -> Situation:
    """What is so once the move has been made."""
    match move:
        case Read(source):
            return replace(now, reading=source)
        case StopReading():
            return replace(now, reading=None)
        case Load():
            return replace(now, loading=now.wish.arrays)
        case StopLoading():
            return replace(now, loading=None)
        case Prepare(_, plays):
            fresh = replace(now, running=now.wish.experiment, activity=Activity.LOADING, has_learned=False)
            return change(fresh, opened=None, begins_anew=False, plays=plays)
        case ChangeLive(experiment):
            return replace(now, running=experiment)
        case Play():
            return replace(change(now, plays=False), activity=Activity.RUNNING)
        case Pause():
            return replace(now, activity=Activity.PAUSED)
        case Refuse():
            return change(now, plays=False)


def at_rest(now: Situation) -> tuple[Situation, list[Move]]:
    """The situation in which nothing is left to do, or something must come first; and the moves that led there."""
    moves: list[Move] = []
    while (move := next_move(now)) is not None:
        moves.append(move)
        now = done(move, now)
        assert len(moves) < 8
    return now, moves


def load_succeeds(now: Situation) -> Situation:
    return change(replace(now, loaded=now.loading, loading=None), rereads=False)


def load_fails(now: Situation) -> Situation:
    """As where no other data was there to go back to."""
    given_up = change(now, opened=None, begins_anew=False, rereads=False, plays=False, waits=True)
    return replace(given_up, loading=None)


def run_is_built(now: Situation) -> Situation:
    return replace(now, activity=Activity.IDLE)


def run_cannot_be_built(now: Situation) -> Situation:
    return change(replace(now, running=None, activity=Activity.IDLE), plays=False)


def file_is_read(now: Situation) -> Situation:
    """And opened, with no question in the way."""
    wanted = now.wish.wanted
    assert wanted is not None
    file = Opened(Experiment("b", DATA[1]))
    opened = change(now, wanted=None, opened=file, experiment=file.experiment, begins_anew=True, rereads=False, waits=False)
    return change(replace(opened, reading=None, problem=""), plays=wanted.plays)


def file_cannot_be_read(now: Situation) -> Situation:
    return change(replace(now, reading=None), wanted=None)


def what_may_come(now: Situation) -> list[Situation]:
    """Every good and every bad end of what is on its way."""
    ends = []
    if now.reading is not None:
        ends += [file_is_read(now), file_cannot_be_read(now)]
    if now.loading is not None and now.loading == now.wish.arrays:
        ends += [load_succeeds(now), load_fails(now)]
    if now.activity is Activity.LOADING:
        ends += [run_is_built(now), run_cannot_be_built(now)]
    return ends


@settings(max_examples=MANY)
@given(situations())
def test_moves_end_where_the_wish_is_fulfilled_or_something_must_come_first(now: Situation):
    now, moves = at_rest(now)
    wish = now.wish
    assert sum(isinstance(move, Prepare) for move in moves) <= 1
    assert now.reading == (wish.wanted.source if wish.wanted else None)
    if not now.has_data:
        # It is on its way, or was not to be had.
        assert wish.arrays == now.loading or wish.waits
    elif now.problem:
        assert not wish.plays
    else:
        assert now.running is not None and not wish.begins_anew
        # What still differs waits for a reset, and only where something would be lost.
        assert now.running == wish.experiment or (now.has_learned and now.needs_reset)
        assert not wish.plays or now.activity in (Activity.RUNNING, Activity.LOADING)


@settings(max_examples=MANY)
@given(situations(), st.lists(st.integers(0, 5), max_size=8))
def test_whatever_succeeds_or_fails_on_the_way_it_comes_to_rest(now: Situation, ends: list[int]):
    now, _ = at_rest(now)
    for end in ends:
        if not (possible := what_may_come(now)):
            break
        now, _ = at_rest(possible[end % len(possible)])
        if now.wish.waits and not now.has_data:
            # Nobody trains, or begins anew, by and by what a person asked for long ago.
            assert not now.wish.plays and not now.wish.begins_anew


@settings(max_examples=MANY)
@given(situations())
def test_after_a_failure_nothing_trains_until_a_person_asks(now: Situation):
    now, _ = at_rest(now)
    is_loading = now.loading is not None and now.loading == now.wish.arrays
    failures = [load_fails] if is_loading else [run_cannot_be_built] if now.activity is Activity.LOADING else []
    if now.activity is Activity.RUNNING:
        failures = []  # It trains already, and goes on with points that are drawn meanwhile.
    for fail in failures:
        failed, _ = at_rest(fail(now))
        edited = change(failed, experiment=replace(failed.wish.experiment, training=TRAINING[2]), waits=False)
        assert not failed.wish.plays and not any(isinstance(move, Play) for move in at_rest(edited)[1])


@settings(max_examples=MANY)
@given(situations())
def test_what_was_learned_is_put_aside_only_when_asked_for_or_drawn_on(now: Situation):
    move = next_move(now)
    if isinstance(move, Prepare) and now.has_learned and now.running is not None:
        assert now.wish.begins_anew or now.wish.experiment.dataset.source.name == "drawn"
        # A person is told of it, but for one who sees it train on at once.
        assert move.is_announced or move.plays


def xor(**changes: object) -> Experiment:
    return replace(Experiment("a", DATA[0]), **changes)


def standing(wanted: Experiment | None = None, **changes: object) -> Situation:
    """A run of xor that has learned, and another experiment that is wished for."""
    now = Situation(Wish(wanted or xor()), DATA[0].arrays, running=xor(), activity=Activity.PAUSED, has_learned=True)
    return replace(now, **changes)


def test_a_live_setting_acts_at_once_even_while_another_waits_for_a_reset():
    now = standing(xor(training=TrainingSettings(learning_rate=0.5, seed=3)), activity=Activity.RUNNING)
    live = xor(training=TrainingSettings(learning_rate=0.5))
    assert next_move(now) == ChangeLive(live)
    assert next_move(replace(now, running=live)) is None


def test_while_points_are_drawn_training_goes_on_with_the_new_ones():
    now = standing(xor(dataset=DATA[3]), loaded=DATA[3].arrays, running=xor(dataset=DATA[2]), activity=Activity.RUNNING)
    assert next_move(now) == Prepare(is_announced=False, plays=True)
    assert next_move(replace(now, activity=Activity.PAUSED)) == Prepare(is_announced=True, plays=False)


def test_a_plane_that_was_wiped_stops_training_and_other_problems_do_not():
    assert next_move(standing(activity=Activity.RUNNING, problem="no")) is None
    wiped = standing(xor(dataset=DATA[2]), loaded=DATA[2].arrays, problem="no", activity=Activity.RUNNING)
    assert next_move(wiped) == Pause()


def test_data_that_could_not_be_loaded_is_not_asked_for_again_and_again():
    now = Situation(Wish(xor()))
    assert next_move(now) == Load()
    assert next_move(change(now, waits=True)) is None
    assert next_move(standing(loading=DATA[1].arrays)) == StopLoading()


def test_run_pressed_for_what_has_a_problem_does_not_wait_for_its_end():
    assert next_move(change(standing(problem="no"), plays=True)) == Refuse()


def test_a_file_is_read_beside_all_else_and_given_up_when_nobody_wants_it():
    wanted = change(standing(), wanted=Wanted(SOURCES[0]))
    assert next_move(wanted) == Read(SOURCES[0])
    reading = replace(wanted, reading=SOURCES[0])
    assert next_move(reading) is None
    # Run is pressed for what is in the file, and not for what is there.
    assert next_move(change(reading, wanted=Wanted(SOURCES[0], plays=True))) is None
    assert next_move(change(reading, wanted=Wanted(SOURCES[1]))) == Read(SOURCES[1])
    assert next_move(change(reading, wanted=None)) == StopReading()


@pytest.mark.parametrize("plays", [True, False])
def test_an_opened_file_takes_the_runs_place_though_it_has_learned(plays: bool):
    file = Opened(xor(), Path("a.toml"))
    now = change(standing(), opened=file, begins_anew=True, plays=plays)
    assert next_move(now) == Prepare(is_announced=not plays, plays=plays)
    assert at_rest(run_is_built(done(next_move(now), now)))[0].activity is (Activity.RUNNING if plays else Activity.IDLE)
