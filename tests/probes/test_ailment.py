"""Why a run does not learn: told where two measures agree, and never of one that learns or was meant to stand still."""

from dataclasses import replace

import numpy as np
import pytest

import nnlab.probes.distribution_record as distribution_record
from nnlab.experiments.assembly import assemble
from nnlab.experiments.examples import EXAMPLES
from nnlab.experiments.experiment import Experiment, with_settings
from nnlab.experiments.variations import load_for_training
from nnlab.models.model import phase_at
from nnlab.probes.ailment import LOOKS, Ailment, Cause, Course, Flat, Look, ailment_of, look_at
from nnlab.probes.distribution_record import DistributionRecord
from nnlab.training.history import History

DEAD = Flat(Cause.DEAD, "relu1", 64)
SATURATED = Flat(Cause.SATURATED, "tanh1", 8)


def quick() -> dict[str, Experiment]:
    """The examples, and the experiments of comparisons, whose data is at hand everywhere."""
    found = {}
    for row in EXAMPLES:
        if not row.file.startswith("sweeps/"):
            opened = load_for_training(row.path)
            several = [opened] if isinstance(opened, Experiment) else opened.experiments
            found |= {f"{row.file} {number}": one for number, one in enumerate(several)}
    return {name: one for name, one in found.items() if one.dataset.source.published is None and not one.dataset.encoder}


QUICK = quick()


def course(losses: object, begin: int = 0, changed: int = 0, fastest: float = 1e-2, total: int = 1000) -> Course:
    """Of batches of 32, 40 of them an epoch."""
    values = np.array(losses, float)
    steps = np.arange(1.0, len(values) + 1)
    return Course(steps, steps / 40, values, begin, changed, fastest, 32, total)


def looks(*flat: Flat, pace: float = 1e-3, first: tuple[Flat, ...] = (), start: int = 101) -> list[Look]:
    return [Look(0, np.nan, first), *(Look(start + i, pace, flat) for i in range(LOOKS))]


STILL = [2.3] * 200
FALLING = np.geomspace(2.3, 0.1, 200)


def cause(found: Ailment | None) -> Cause | None:
    return found.cause if found is not None else None


def test_a_layer_that_is_dead_is_told_where_the_loss_gets_no_lower() -> None:
    found = ailment_of(course(STILL), looks(DEAD))
    assert found is not None and found.cause is Cause.DEAD and found.flat == DEAD and not found.is_from_start
    assert ailment_of(course(FALLING), looks(DEAD)) is None


def test_it_is_told_apart_whether_it_was_so_from_the_start() -> None:
    found = ailment_of(course(STILL), looks(DEAD, first=(DEAD,)))
    assert found is not None and found.is_from_start


def test_one_look_that_finds_a_living_unit_is_enough_to_say_nothing() -> None:
    seen = looks(DEAD)
    seen[3] = replace(seen[3], flat=())
    assert ailment_of(course(STILL), seen) is None
    assert ailment_of(course(STILL), looks(DEAD)[:-1]) is None


def test_a_saturated_layer_is_told_only_where_nothing_was_learned() -> None:
    assert cause(ailment_of(course(STILL), looks(SATURATED))) is Cause.SATURATED
    learned = [*FALLING, *[0.1] * 200]
    assert ailment_of(course(learned), looks(SATURATED, start=300)) is None


def test_a_loss_above_that_of_an_untrained_model_comes_of_too_large_a_rate() -> None:
    found = ailment_of(course([2.3, *[9.0, 5.0] * 100]), looks(pace=0.1))
    assert found is not None and found.cause is Cause.TOO_FAST
    assert found.began == 2.3 and found.now == pytest.approx(7.0)
    # Of noise around where it began nothing is told.
    assert ailment_of(course([2.3, *[2.1, 2.6] * 100]), looks(pace=0.1)) is None


def test_a_rate_is_far_too_small_where_the_whole_run_would_move_nothing() -> None:
    slow = {"fastest": 2e-6, "total": 5000}
    assert cause(ailment_of(course(STILL, **slow), looks(pace=1e-6))) is Cause.TOO_SLOW
    # A longer run gets somewhere; one that made large steps once stands still for another reason.
    assert ailment_of(course(STILL, fastest=2e-6, total=10**6), looks(pace=1e-6)) is None
    assert ailment_of(course(STILL, fastest=0.3, total=5000), looks(pace=1e-6)) is None
    # What has learned may go slowly in the end.
    learned = [*FALLING, *[0.1] * 200]
    assert ailment_of(course(learned, **slow), looks(pace=1e-6, start=300)) is None


def test_nothing_is_told_of_a_short_run_nor_without_its_beginning() -> None:
    assert ailment_of(course(STILL[:25]), looks(DEAD)) is None
    late = course(STILL)
    assert ailment_of(replace(late, steps=late.steps + 500), looks(DEAD, start=700)) is None


def test_after_a_change_by_hand_it_is_judged_anew() -> None:
    risen = [2.3, *[9.0] * 200]
    assert ailment_of(course(risen, changed=190), looks(pace=0.1, start=191)) is None
    # What rises again with the new settings is told; what only stands where they found it is not.
    assert cause(ailment_of(course([*[2.3] * 100, *[9.0] * 200], changed=99), looks(pace=0.1, start=200))) is Cause.TOO_FAST
    assert ailment_of(course(risen, changed=60), looks(pace=0.1, start=100)) is None


def test_what_was_found_stays_until_it_is_plainly_over() -> None:
    before = ailment_of(course([2.3, *[9.0] * 200]), looks(pace=0.1))
    assert before is not None
    assert ailment_of(course([2.3, *[2.4] * 200]), looks(pace=0.1), before) is before
    assert ailment_of(course([2.3, *[1.5] * 200]), looks(pace=0.1), before) is None
    dead = ailment_of(course(STILL), looks(DEAD))
    assert ailment_of(course(FALLING), looks(DEAD), dead) is dead
    assert ailment_of(course(FALLING), looks(), dead) is None


def found_in(name: str, *assignments: str, monkeypatch: pytest.MonkeyPatch, most: int = 400) -> set[Cause]:
    """All that is found of an example while it trains, looked at fifty times, for so many steps at most."""
    monkeypatch.setattr(distribution_record, "_AT_ONCE", 1e9)
    experiment = with_settings(QUICK[name], list(assignments))
    run, record, history = assemble(experiment, ()), DistributionRecord(), History()
    batch = experiment.training.effective_batch_size(2**31)
    every = max(1, min(run.total_steps, most) // 50)
    record.follow(run)
    found: Ailment | None = None
    causes: set[Cause] = set()
    steps = []
    for step in run:
        steps.append(step)
        if step.number % every or run.kept_epoch:
            continue
        history.extend(steps)
        steps = []
        record.follow(run)
        seen = [look_at(answer.moment.step, answer.value) for answer in record.kept.kept]
        columns = (history.steps[column].values for column in ("step", "epoch", "loss"))
        begin = phase_at(experiment.model.phases, run.epoch).epoch * run.batches
        fastest = max((look.pace for look in seen[1:]), default=0.0)
        now = Course(*columns, begin, begin, fastest, batch, run.total_steps)
        found = ailment_of(now, [seen[0], *seen[-LOOKS:]], found)
        causes |= {found.cause} if found is not None else set()
        if step.number >= most:
            break
    return causes


@pytest.mark.parametrize("name", QUICK)
def test_no_example_is_said_to_ail(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_in(name, monkeypatch=monkeypatch) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_no_example_is_said_to_ail_however_long_it_trains(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_in(name, monkeypatch=monkeypatch, most=4000) == set()


@pytest.mark.parametrize(
    ("name", "rate", "expected"),
    [
        ("digits-mlp", 3, Cause.DEAD),
        ("digits-mlp", 1e-6, Cause.TOO_SLOW),
        ("xor", 20, Cause.SATURATED),
        ("xor", 1e-5, Cause.TOO_SLOW),
        ("moons", 20, Cause.TOO_FAST),
        ("sine", 1e-6, Cause.TOO_SLOW),
    ],
)
def test_an_example_with_a_wrong_learning_rate_is(
    name: str, rate: float, expected: Cause, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert expected in found_in(f"{name} 0", f"training.learning_rate={rate}", monkeypatch=monkeypatch)
