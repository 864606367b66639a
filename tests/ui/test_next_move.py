"""From whatever there is, the moves lead to what is wished for, or stop at a problem; and nothing learned gets lost."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets import DatasetSettings
from nnlab.datasets.source import Source
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.layers.dense import Dense
from nnlab.training import TrainingSettings
from nnlab.ui.activity import Activity
from nnlab.ui.next_move import ChangeLive, Facts, Load, Move, Pause, Play, Prepare, StopLoading, Wish, next_move

DATA = [DatasetSettings(name="xor"), DatasetSettings(name="moons"), DatasetSettings(name="drawn", points=((0.0, 1.0, 0),))]
MODELS = [MLPSettings(), MLPSettings((Dense(2),))]
TRAINING = [TrainingSettings(), TrainingSettings(learning_rate=0.5), TrainingSettings(seed=3)]
EXPERIMENTS = st.builds(Experiment, st.just("a"), st.sampled_from(DATA), st.sampled_from(MODELS), st.sampled_from(TRAINING))
SOURCES: list[Source | None] = [None, *(data.source for data in DATA)]
WISHES = st.builds(Wish, EXPERIMENTS, st.none(), st.booleans(), st.booleans(), st.booleans())
FACTS = st.builds(
    Facts,
    st.sampled_from(SOURCES),
    st.sampled_from(SOURCES),
    st.sampled_from(SOURCES),
    st.one_of(st.none(), EXPERIMENTS),
    st.sampled_from(Activity),
    st.booleans(),
    st.sampled_from(["", "no"]),
    st.booleans(),
)


def done(move: Move, wish: Wish, facts: Facts) -> tuple[Wish, Facts]:
    """What is so once the move has been made, and has come to a good end."""
    match move:
        case Load():
            return replace(wish, rereads=False), replace(facts, loaded=wish.source, loading=None, failed=None)
        case StopLoading():
            return wish, replace(facts, loading=None)
        case Prepare(_, plays):
            fresh = replace(facts, running=wish.experiment, activity=Activity.IDLE, has_learned=False)
            return replace(wish, begins_anew=False, plays=plays), fresh
        case ChangeLive(experiment):
            return wish, replace(facts, running=experiment)
        case Play():
            return replace(wish, plays=False), replace(facts, activity=Activity.RUNNING)
        case Pause():
            return wish, replace(facts, activity=Activity.PAUSED)


@given(WISHES, FACTS)
def test_moves_end_where_the_wish_is_fulfilled_or_something_must_come_first(wish: Wish, facts: Facts):
    moves: list[Move] = []
    while (move := next_move(wish, facts)) is not None:
        moves.append(move)
        wish, facts = done(move, wish, facts)
        assert len(moves) < 8
    assert sum(isinstance(move, Prepare) for move in moves) <= 1
    if facts.loaded != wish.source or wish.rereads:
        # It is on its way, or was not to be had.
        assert wish.source in (facts.loading, facts.failed)
    elif not facts.problem:
        assert facts.running is not None and not wish.begins_anew
        # What still differs waits for a reset, and only where something would be lost.
        assert facts.running == wish.experiment or (facts.has_learned and facts.running.needs_reset(wish.experiment))
        assert not wish.plays or facts.activity in (Activity.RUNNING, Activity.LOADING)


@given(WISHES, FACTS)
def test_what_was_learned_is_put_aside_only_when_asked_for_or_drawn_on(wish: Wish, facts: Facts):
    move = next_move(wish, facts)
    if isinstance(move, Prepare) and facts.has_learned and facts.running is not None:
        assert wish.begins_anew or wish.experiment.dataset.name == "drawn"
        # A person is told of it, but for one who sees it train on at once.
        assert move.is_told or move.plays


def xor(**changes: object) -> Experiment:
    return replace(Experiment("a", DATA[0]), **changes)


def test_a_live_setting_acts_at_once_even_while_another_waits_for_a_reset():
    running = xor()
    wanted = xor(training=TrainingSettings(learning_rate=0.5, seed=3))
    facts = Facts(loaded=DATA[0].source, running=running, activity=Activity.RUNNING, has_learned=True)
    assert next_move(Wish(wanted), facts) == ChangeLive(xor(training=TrainingSettings(learning_rate=0.5)))
    after = replace(facts, running=xor(training=TrainingSettings(learning_rate=0.5)))
    assert next_move(Wish(wanted), after) is None


def test_while_points_are_drawn_training_goes_on_with_the_new_ones():
    plane = replace(DATA[2], points=((0.0, 1.0, 0), (1.0, 0.0, 1)))
    facts = Facts(plane.source, running=xor(dataset=DATA[2]), activity=Activity.RUNNING, has_learned=True)
    assert next_move(Wish(xor(dataset=plane)), facts) == Prepare(is_told=False, plays=True)
    assert next_move(Wish(xor(dataset=plane)), replace(facts, activity=Activity.PAUSED)) == Prepare(True, False)


def test_a_plane_that_was_wiped_stops_training_and_other_problems_do_not():
    facts = Facts(DATA[0].source, running=xor(), activity=Activity.RUNNING, problem="no")
    assert next_move(Wish(xor()), facts) is None
    assert next_move(Wish(xor()), replace(facts, is_blank=True)) == Pause()


def test_data_that_could_not_be_loaded_is_not_asked_for_again_and_again():
    wish = Wish(xor())
    assert next_move(wish, Facts()) == Load()
    assert next_move(wish, Facts(failed=DATA[0].source)) is None
    assert next_move(wish, Facts(loaded=DATA[0].source, loading=DATA[1].source, running=xor())) == StopLoading()
