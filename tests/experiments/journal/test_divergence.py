"""Two runs part at the step at which a bare pair of them does, and the reason is told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import CancelledError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.divergence import Divergence, first_divergence
from nnlab.experiments.journal.parting_reasons import machine_reasons
from nnlab.experiments.journal.recorder import Recorder
from nnlab.models import MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.training import TrainingRun
from nnlab.training.hand_edits import change_by_hand
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Act, Kept
from tests.training.crew.crews import divided

LONG = replace(SMALL, training=replace(SMALL.training, epochs=6, keep="last"))
TENSORS = {"dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"}


def pair(
    folder: Path, one: Experiment, other: Experiment, acts: dict[int, Act] | None = None, every: int = 4
) -> tuple[Kept, Kept, Divergence]:
    """Both in one store; `acts` are done to the second."""
    first, second = Kept(one, folder, every=every), Kept(other, folder, acts, every=every)
    assert first.said == second.said == []
    return first, second, first_divergence(second.store, 1, 2)


def training(**changes: object) -> Experiment:
    return replace(LONG, training=replace(LONG.training, **changes))


def lower_rate(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, learning_rate=0.025)


@pytest.mark.parametrize("every", [1, 4, 1000])
@pytest.mark.parametrize("step", [1, 7, 8, 16])
def test_a_rate_changed_while_it_trains_parts_them_at_the_next_step(step: int, every: int, tmp_path: Path):
    first, second, found = pair(tmp_path, LONG, LONG, {step: lower_rate}, every)
    assert found.step == step + 1
    assert {tensor.name for tensor in found.tensors} == TENSORS
    assert found.reasons == ("lr 0.1 → 0.025",)
    apart = np.abs(second.bare[step + 1].astype(np.float64) - first.bare[step + 1])
    assert found.tensors[0].largest == apart.max()
    place = second.run.model.parameters.name_at(int(apart.argmax()))
    assert place == (found.tensors[0].name, found.tensors[0].position)
    assert found.words.startswith(f"First differ at step {step + 1}: {place[0]}, by up to ")


@pytest.mark.parametrize("every", [1, 1000])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_experiment_never_parts(optimizer: str, every: int, tmp_path: Path):
    first, _, found = pair(tmp_path, training(optimizer=optimizer), training(optimizer=optimizer), every=every)
    assert found == Divergence(1, 2, until=first.run.step)
    assert "never part: up to step 24" in found.words


def test_how_long_they_are_trained_is_no_parting(tmp_path: Path):
    found = pair(tmp_path, LONG, training(epochs=3))[-1]
    assert (found.step, found.until) == (None, 12)


def test_batches_in_other_parts_are_a_reason_to_part(tmp_path: Path):
    first = Kept(LONG, tmp_path, every=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.experiments.journal.kept.assemble", lambda *_: divided(LONG, 3))
        second = Kept(LONG, tmp_path, every=4)
    assert not np.array_equal(first.parameters, second.parameters)
    found = first_divergence(second.store, 1, 2)
    assert found.reasons == ("helpers 1 and 3",)


def test_helpers_that_nothing_was_written_of_were_none(tmp_path: Path):
    record = Kept(LONG, tmp_path).store.run(1)
    earlier = replace(record, facts={name: fact for name, fact in record.facts.items() if name != "helpers"})
    assert machine_reasons((record, earlier)) == ()
    assert machine_reasons((earlier, replace(record, facts={**record.facts, "helpers": 2}))) == ("helpers 1 and 2",)


def test_a_schedule_that_goes_by_the_epochs_parts_runs_of_other_lengths(tmp_path: Path):
    found = pair(tmp_path, training(schedule="cosine"), training(schedule="cosine", epochs=3))[-1]
    assert found.step == 2
    assert found.reasons == ("epochs 6 → 3",)


def test_breakpoints_are_no_reason_to_part(tmp_path: Path):
    """They change no number."""
    found = pair(tmp_path, LONG, training(learning_rate=0.05, stop_when=["not_finite"]))[-1]
    assert found.reasons == ("lr 0.1 → 0.05",)


def test_another_seed_differs_from_the_start(tmp_path: Path):
    first, second, found = pair(tmp_path, LONG, training(seed=5))
    assert (found.step, found.begin) == (0, 0)
    assert {tensor.name for tensor in found.tensors} == {"dense1.weight", "dense2.weight"}
    parts = first.run.model.parameters.slices
    for tensor in found.tensors:
        one, other = (kept.bare[0][parts[tensor.name]].astype(np.float64) for kept in (first, second))
        assert tensor.norm == pytest.approx(np.linalg.norm(other - one))
        assert tensor.relative == pytest.approx(tensor.norm / np.linalg.norm(one))
    assert found.words.startswith("Differ from the start: ") and "(seed 0 → 5)" in found.words
    assert not np.array_equal(first.bare[0], second.bare[0])


def test_without_snapshots_both_are_trained_again(tmp_path: Path):
    _, second, _ = pair(tmp_path, LONG, LONG, {9: lower_rate})
    for number in (1, 2):
        second.store.drop_snapshots(number, [one.step for one in second.store.snapshots(number)])
    assert first_divergence(second.store, 1, 2).step == 10
    assert first_divergence(second.store, 1, 1).step is None


def test_snapshots_that_cannot_be_read_are_passed_over(tmp_path: Path):
    _, second, _ = pair(tmp_path, LONG, LONG, {9: lower_rate}, every=1)
    for step in (0, 8, 9, 10, 12):
        second.store.snapshot_path(1, step).write_bytes(b"")
    assert first_divergence(second.store, 1, 2).step == 10


def test_a_parameter_changed_by_hand_parts_them_there_and_then(tmp_path: Path):
    def edit(run: TrainingRun, recorder: Recorder) -> None:
        change_by_hand(run, "dense1.weight", (0, 1), 0.75)

    found = pair(tmp_path, LONG, LONG, {5: edit})[-1]
    assert found.step == 5
    (tensor,) = found.tensors
    assert (tensor.name, tensor.position) == ("dense1.weight", (0, 1))
    assert "in run 2 dense1.weight at (0, 1) was changed by hand" in found.words


def test_what_was_changed_by_hand_and_changed_back_later_is_found(tmp_path: Path):
    before: list[float] = []

    def edit(run: TrainingRun, recorder: Recorder) -> None:
        before.append(change_by_hand(run, "dense1.bias", (0,), 0.75) or 0.0)

    def edit_back(run: TrainingRun, recorder: Recorder) -> None:
        change_by_hand(run, "dense1.bias", (0,), before[0])

    standing = training(learning_rate=1e-46)
    _, _, found = pair(tmp_path, standing, standing, {5: edit, 9: edit_back}, every=1)
    assert found.step == 5


def test_the_momentum_parts_the_optimizers_before_the_model(tmp_path: Path):
    """v1 = g and w1 = w0 - rate g for every momentum; v2 is the first to differ."""
    one, other = (training(optimizer={"kind": "momentum", "momentum": momentum}) for momentum in (0.9, 0.8))
    found = pair(tmp_path, one, other)[-1]
    assert (found.step, found.optimizer_step) == (2, 2)
    # Where the rate is so low that no parameter moves, only the vectors tell.
    one, other = (
        training(optimizer={"kind": "momentum", "momentum": momentum}, learning_rate=1e-46) for momentum in (0.9, 0.8)
    )
    found = pair(tmp_path / "still", one, other)[-1]
    assert (found.step, found.optimizer_step) == (None, 2)
    assert found.optimizer[0].name.startswith("velocity of dense")
    assert "The same model up to step 24, but the optimizers' vectors differ since step 2" in found.words


def test_a_best_epoch_put_back_parts_it_from_a_run_that_went_on(tmp_path: Path):
    one, other = (training(epochs=epochs, keep="best", learning_rate=1.0) for epochs in (3, 6))
    first, _, found = pair(tmp_path, one, other)
    assert 0 < first.run.kept_epoch < 3
    assert found.step == 12
    assert f"run 1 put back its best epoch, {first.run.kept_epoch}, at its end" in found.words


def test_running_statistics_part_though_no_parameter_does(tmp_path: Path):
    def with_momentum(momentum: float) -> Experiment:
        layers = (Dense(5), LAYERS["batch_norm"](momentum=momentum), Dense(2), LAYERS["softmax"]())
        return replace(LONG, model=MLPSettings(layers))

    first, _, found = pair(tmp_path, with_momentum(0.9), with_momentum(0.8))
    assert found.step == 1
    assert {tensor.name for tensor in found.tensors} == set(first.run.model.buffers.shapes)


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ((Dense(7), Dense(2), LAYERS["softmax"]()), "dense1.weight is 2 x 5 in run 1 and 2 x 7 in run 2"),
        ((Dense(5), Dense(4), Dense(2), LAYERS["softmax"]()), "dense2.weight is 5 x 2 in run 1 and 5 x 4 in run 2"),
        ((Dense(2), LAYERS["softmax"]()), "dense1.weight is 2 x 5 in run 1 and 2 x 2 in run 2"),
    ],
)
def test_other_tensors_cannot_be_compared(layers: tuple, said: str, tmp_path: Path):
    found = pair(tmp_path, LONG, replace(LONG, model=MLPSettings(layers)))[-1]
    assert found.misfit == said
    assert found.step is None and said in found.words


def test_other_data_of_the_same_shape_parts_them_at_the_first_step(tmp_path: Path):
    noisy = replace(LONG.dataset, source=replace(LONG.dataset.source, noise=0.3))
    found = pair(tmp_path, LONG, replace(LONG, dataset=noisy))[-1]
    assert found.step == 1
    assert found.reasons == (f"source.noise {LONG.dataset.source.noise:g} → 0.3",)


def test_it_can_be_cancelled(tmp_path: Path):
    _, second, _ = pair(tmp_path, LONG, LONG, every=1000)
    second.store.drop_snapshots(1, [one.step for one in second.store.snapshots(1) if one.step])

    def cancel(what: str, share: float) -> None:
        if what.startswith("step"):
            assert 0 <= share < 1
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        first_divergence(second.store, 1, 2, report=cancel)
