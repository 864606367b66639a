"""The greedy stack: which numbers move in which phase, what is carried over, and that fine-tuning is backpropagation."""

from itertools import islice

import numpy as np
import pytest

from nnlab.errors import ShapeError
from nnlab.models.deep_belief import DeepBelief, DeepBeliefSettings
from nnlab.models.gradient_check import check_gradient
from nnlab.training import TrainingRun
from tests.models.small_runs import digits_data, digits_run, finish_epoch, tensors
from tests.sentences import assert_one_sentence
from tests.targets import numbered

HIDDEN = (12, 8, 3)
SETTINGS = DeepBeliefSettings(HIDDEN, pretrain_epochs=2)
# Level by level: the encoder's dense layer and the decoder's that mirrors it.
LEVELS = [("dense1", "dense6"), ("dense2", "dense5"), ("dense3", "dense4")]
LABELS = np.zeros(20, np.intp)


def stack_run(settings: DeepBeliefSettings = SETTINGS, **training: object) -> TrainingRun:
    """Two epochs for each of three levels, then two of fine-tuning."""
    return digits_run(settings, **({"epochs": 8} | training))


def at_epoch(epoch: int, **training: object) -> TrainingRun:
    """A run that has just made the first step of this epoch."""
    run = stack_run(**training)
    for _ in range(epoch):
        finish_epoch(run)
    next(run)
    return run


def some_inputs() -> np.ndarray:
    data = digits_data()
    return data.learning.gather(data.split.train[:20])[0].copy()


def moved_since(before: dict[str, np.ndarray], run: TrainingRun) -> set[str]:
    after = tensors(run)
    return {name for name in before if (before[name] != after[name]).any()}


def test_the_stack_is_unrolled_into_a_mirror_of_itself():
    model = SETTINGS.build((8, 8, 1), numbered(10))
    widths = [shape[1] for name, shape in model.parameters.shapes.items() if name.endswith("weight")]
    assert widths == [12, 8, 3, 8, 12, 64]
    assert [layer.kind for layer in model.layers] == [
        *("dense", "sigmoid", "dense", "sigmoid", "dense", "code"),
        *("dense", "sigmoid", "dense", "sigmoid", "dense", "sigmoid"),
    ]
    assert model.code_shape == (3,)


def test_phases_follow_the_epoch_number():
    model = SETTINGS.build((8, 8, 1), numbered(10))
    phases = []
    for epoch in range(9):
        model.begin(some_inputs(), epoch, False)
        phases.append((model.phase, model.is_pretraining))
    assert phases == [(0, True)] * 2 + [(1, True)] * 2 + [(2, True)] * 2 + [(3, False)] * 3


@pytest.mark.parametrize("epoch", range(9))
def test_a_fresh_optimizer_is_asked_for_where_a_new_phase_starts(epoch: int):
    model = SETTINGS.build((8, 8, 1), numbered(10))
    assert model.begin(some_inputs(), epoch, True) == (epoch in (2, 4, 6))
    assert not model.begin(some_inputs(), epoch, False)


@pytest.mark.parametrize("start_epoch", [0, 1])
def test_without_pretraining_all_is_fine_tuning(start_epoch: int):
    model = DeepBeliefSettings(HIDDEN, pretrain_epochs=0).build((8, 8, 1), numbered(10))
    before = model.parameters.values.copy()
    assert not model.begin(some_inputs(), start_epoch, True)
    assert not model.is_pretraining
    np.testing.assert_array_equal(model.parameters.values, before)


@pytest.mark.parametrize(
    "training",
    [
        {"optimizer": "sgd"},
        {"optimizer": "momentum"},
        {"optimizer": "nesterov"},
        {"optimizer": "rmsprop", "learning_rate": 0.001},
        {"optimizer": "adam", "learning_rate": 0.001},
        {"optimizer": "sgd", "l2": 0.01},
        {"optimizer": "adamw", "learning_rate": 0.001},
        {"optimizer": "sgd", "clip_norm": 0.01},
    ],
    ids=str,
)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_while_a_level_is_pretrained_only_its_own_numbers_move(level: int, training: dict):
    run = at_epoch(2 * level, **training)
    before = tensors(run)
    list(islice(run, 10))
    encoder, decoder = LEVELS[level]
    assert moved_since(before, run) == {f"{encoder}.weight", f"{encoder}.bias", f"{decoder}.weight", f"{decoder}.bias"}


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_the_decoder_mirrors_the_encoder_while_it_is_pretrained(level: int, optimizer: str):
    run = at_epoch(2 * level, optimizer=optimizer, learning_rate=0.002)
    for _ in range(10):
        encoder, decoder = (run.model.parameters.view(f"{layer}.weight") for layer in LEVELS[level])
        np.testing.assert_array_equal(decoder, encoder.T)
        next(run)


def test_fine_tuning_moves_every_tensor_and_lets_the_mirror_go():
    run = at_epoch(6, optimizer="adam", learning_rate=0.02)
    before = tensors(run)
    list(islice(run, 3))
    assert moved_since(before, run) == set(before)
    view = run.model.parameters.view
    assert all((view(f"{decoder}.weight") != view(f"{encoder}.weight").T).any() for encoder, decoder in LEVELS)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_level_learns_as_an_rbm_alone_on_what_comes_through_the_levels_below(level: int):
    run = at_epoch(2 * level)
    model, inputs = run.model, some_inputs()
    below = inputs.reshape(20, -1).astype(np.float64)
    for encoder, _ in LEVELS[:level]:
        z = below @ model.parameters.view(f"{encoder}.weight") + model.parameters.view(f"{encoder}.bias")
        below = 1 / (1 + np.exp(-z))
    model.loss_and_gradient(inputs, LABELS, 5)
    alone = model.machines[level].replica(np.float32)
    encoder, decoder = LEVELS[level]
    alone.weight[...] = model.parameters.view(f"{encoder}.weight")
    alone.hidden_bias[...] = model.parameters.view(f"{encoder}.bias")
    alone.visible_bias[...] = model.parameters.view(f"{decoder}.bias")
    result = alone.loss_and_gradient(below.astype(np.float32), LABELS, 5)
    assert model.loss_and_gradient(inputs, LABELS, 5).loss == pytest.approx(result.loss, rel=1e-4)
    np.testing.assert_allclose(
        model.parameters.gradient_view(f"{encoder}.weight"),
        alone.parameters.gradient_view(f"{alone.names[0]}.weight"),
        rtol=1e-3,
        atol=1e-4,
    )


def test_a_new_level_starts_with_the_means_of_what_it_sees():
    run = stack_run()
    for _ in range(2):
        finish_epoch(run)
    model, data = run.model, run.data
    inputs = data.learning.gather(data.split.train)[0].copy()
    z = inputs.reshape(len(inputs), -1) @ model.parameters.view("dense1.weight") + model.parameters.view("dense1.bias")
    codes = 1 / (1 + np.exp(-z))
    model.begin(inputs, 2, True)
    np.testing.assert_allclose(
        1 / (1 + np.exp(-model.parameters.view("dense5.bias"))), np.clip(codes.mean(axis=0), 0.01, 0.99), rtol=1e-4
    )
    assert not model.parameters.view("dense2.bias").any()


def test_a_run_that_ends_while_a_level_is_pretrained_keeps_what_it_learned_last():
    runs = [stack_run(epochs=2, learning_rate=0.5, keep=keep) for keep in ("best", "last")]
    for run in runs:
        list(run)
    assert runs[0].best.epoch == 1
    assert runs[0].kept_epoch == 0 and moved_since(tensors(runs[1]), runs[0]) == set()
    # Fine-tuned, the stack is what the loss judges.
    tuned = stack_run(keep="best")
    list(tuned)
    assert tuned.kept_epoch == tuned.best.epoch


def test_resuming_within_a_phase_does_not_start_it_again():
    run = at_epoch(2)
    list(islice(run, 3))
    before, model = tensors(run), run.model
    assert not model.begin(some_inputs(), 2, False)
    assert not model.begin(some_inputs(), 3, True)
    assert moved_since(before, run) == set()
    assert model.phase == 1


def test_a_copy_in_another_phase_goes_on_as_the_model_would():
    run = at_epoch(3)
    model, inputs = run.model, some_inputs()
    fresh = SETTINGS.build((8, 8, 1), numbered(10))
    fresh.parameters.values[...] = model.parameters.values
    fresh.begin(inputs, 3, False)
    assert fresh.loss_and_gradient(inputs, LABELS, 9) == model.loss_and_gradient(inputs, LABELS, 9)
    np.testing.assert_array_equal(fresh.parameters.gradient, model.parameters.gradient)


@pytest.mark.parametrize("epoch", [0, 2, 6])
def test_a_replica_is_in_the_same_phase_and_shares_nothing(epoch: int):
    model, inputs = at_epoch(epoch).model, some_inputs()
    copy = model.replica()
    assert isinstance(copy, DeepBelief)
    assert copy.phase == model.phase
    assert copy.loss_and_gradient(inputs, LABELS, 4) == model.loss_and_gradient(inputs, LABELS, 4)
    np.testing.assert_array_equal(copy.parameters.gradient, model.parameters.gradient)
    expected = model.loss_and_gradient(inputs, LABELS, 4)
    copy.parameters.values[...] = 0
    for machine in copy.machines:
        machine.parameters.values[...] = 0
    assert model.loss_and_gradient(inputs, LABELS, 4) == expected


@pytest.mark.parametrize("epoch", [0, 2, 6])
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "mean_squared_error"])
def test_the_gradient_of_fine_tuning_agrees_with_central_differences(loss: str, epoch: int):
    run = digits_run(DeepBeliefSettings((6, 3), 2, loss), epochs=8)
    for _ in range(epoch):
        finish_epoch(run)
    next(run)
    result = check_gradient(run.model, some_inputs()[:5], LABELS[:5])
    assert len(result.index) == run.model.parameters.size
    assert result.worst < 1e-4, f"{result.worst_name}{result.worst_position}"


def test_fine_tuning_lowers_the_loss_that_pretraining_left():
    settings = DeepBeliefSettings((30, 10), pretrain_epochs=10)
    run = stack_run(settings, optimizer="adam", learning_rate=0.02, batch_size=10, epochs=30)
    losses = [step.epoch_end.validation.loss for step in run if step.epoch_end]
    assert losses[-1] < 0.9 * losses[19]


def test_pretraining_lowers_the_error_of_every_level():
    run = stack_run(DeepBeliefSettings((30, 20), pretrain_epochs=8), learning_rate=0.1, epochs=16)
    losses = [step.epoch_end.train_loss for step in run if step.epoch_end]
    assert losses[7] < 0.7 * losses[0]
    assert losses[15] < 0.8 * losses[8]


@pytest.mark.parametrize("pretrain_epochs", [0, 1])
def test_pixels_outside_zero_and_one_are_refused(pretrain_epochs: int):
    run = digits_run(DeepBeliefSettings(HIDDEN, pretrain_epochs), digits_data(scaling="symmetric"), epochs=3)
    with pytest.raises(ShapeError) as caught:
        next(run)
    assert_one_sentence(caught.value, "0 ... 1", "scaling")
    # That is a setting of the RBM alone.
    assert "visible_units" not in str(caught.value)


def test_a_stack_of_no_levels_is_told_by_its_own_setting():
    settings = DeepBeliefSettings(())
    for question in (settings.check, settings.build):
        with pytest.raises(ShapeError) as caught:
            question((8, 8, 1), 10)
        assert_one_sentence(caught.value, "hidden")
