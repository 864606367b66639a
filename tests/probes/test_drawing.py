"""What the model says of a drawing is what it says of the same numbers by itself."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.drawing import Drawing
from nnlab.models import CNNSettings, LinearSVMSettings, MLPSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import Selection, look
from nnlab.probes.chains import ChainMemory
from nnlab.probes.drawing import DrawingAnswer, DrawOptions
from nnlab.probes.picture_arrays import as_pictures, raw_pictures
from nnlab.randomness import random_stream
from nnlab.targets import Classes
from nnlab.training import TrainingRun, prepare_data
from tests.models.small_runs import digits_data, digits_run, finish_epoch

DRAWING = Drawing(np.random.default_rng(0).integers(0, 2, (8, 8, 1)).astype(np.uint8) * 255)
INPUTS = DRAWING.pixels[None].astype(np.float32) / 255
DRAWN = DrawOptions(DRAWING)
MLP = MLPSettings((Dense(12), ReLU(), Dense(10), Softmax()))
CODER = AutoencoderSettings((Dense(9), Code(), Dense(64), Sigmoid()))


def ask(run: TrainingRun, options: DrawOptions = DRAWN, memory: ChainMemory | None = None) -> DrawingAnswer:
    return look(run, "drawing", Selection(options=options), memory).value


def trained(settings: object, **training: object) -> TrainingRun:
    run = digits_run(settings, **training)
    list(islice(run, 10))
    return run


def asked_next(options: DrawOptions, answer: DrawingAnswer, **changes: object) -> DrawOptions:
    changes = {"look": options.chains.look + 1, "level": answer.level} | changes
    return replace(options, chains=replace(options.chains, **changes))


@pytest.mark.parametrize(
    "settings", [MLP, CNNSettings((Conv2D(4, 3), ReLU(), Flatten(), Dense(10), Softmax()))], ids=["mlp", "cnn"]
)
def test_a_classifier_gives_its_probabilities(settings):
    run = trained(settings)
    answer = ask(run)
    np.testing.assert_allclose(answer.probability, run.model.predict(INPUTS)[0], rtol=1e-5)
    assert answer.class_names == tuple("0123456789")
    assert not answer.are_scores
    assert answer.drawing is DRAWING


def test_a_drawing_is_as_white_as_the_data_and_is_shown_as_white_as_any():
    data = digits_data()
    dim = Examples(data.dataset.train.inputs // 16, data.dataset.train.labels)
    dataset = replace(data.dataset, train=dim, test=dim)
    data = prepare_data(dataset, DatasetSettings())
    assert (data.scaling.black, data.scaling.white) == (0, 15)
    run = digits_run(MLP, data)
    np.testing.assert_allclose(ask(run).probability, run.model.predict(INPUTS)[0], rtol=1e-5)
    shown = as_pictures(data, INPUTS)
    np.testing.assert_array_equal(shown[0], DRAWING.pixels)
    np.testing.assert_array_equal(raw_pictures(dataset, dim.inputs[:3]), np.rint(dim.inputs[:3] * 17.0))


def test_the_drawing_is_scaled_as_the_data_are():
    run = digits_run(MLP, digits_data(scaling="standard"))
    scaled = run.data.scaling.apply(DRAWING.pixels[None], out=np.empty((1, 8, 8, 1), np.float32))
    np.testing.assert_allclose(ask(run).probability, run.model.predict(scaled)[0], rtol=1e-5)


def test_scores_of_a_support_vector_machine_are_told_as_such():
    run = trained(LinearSVMSettings())
    answer, scores = ask(run), run.model.predict(INPUTS)[0]
    assert answer.are_scores
    assert answer.probability.sum() == pytest.approx(1, rel=1e-5)
    np.testing.assert_array_equal(np.argsort(answer.probability), np.argsort(scores))


def test_an_autoencoder_gives_its_reconstruction_and_the_error():
    run = trained(CODER)
    answer, made = ask(run), run.model.reconstruct(INPUTS)
    assert np.abs(answer.reconstruction.ravel() - 255 * made.ravel()).max() <= 1
    assert answer.error == pytest.approx(np.square(made.ravel() - INPUTS.ravel()).mean(), rel=1e-4)
    assert len(answer.probability) == len(answer.dreams) == 0


def test_a_machine_reconstructs_and_dreams_on_from_the_drawing():
    run = trained(RBMSettings(hidden=12))
    options, memory = DrawOptions(DRAWING), ChainMemory()
    answer = ask(run, options, memory)
    assert np.abs(answer.reconstruction[0].ravel() - 255 * run.model.reconstruct(INPUTS)[0]).max() <= 1
    assert answer.dreams.shape == (9, 8, 8, 1)
    assert answer.steps == 1
    assert np.abs(answer.dreams.reshape(9, -1) - 255 * answer.means).max() <= 1
    options = asked_next(options, answer)
    standing = ask(run, options, memory)
    assert standing.steps == 1
    np.testing.assert_array_equal(standing.dreams, answer.dreams)
    options = asked_next(options, standing, plays=True)
    moved, again = (ask(run, options, memory) for _ in range(2))
    assert moved.steps == again.steps == 2
    assert (moved.states != answer.states).any()
    np.testing.assert_array_equal(again.states, moved.states)
    rng = random_stream(run.settings.seed, "samples.gibbs", 2)
    np.testing.assert_array_equal(moved.means, run.model.gibbs_chain(answer.states, 1, rng, sample_visible=False))


def test_held_ink_stays_and_what_is_not_ink_is_imagined():
    run = trained(RBMSettings(hidden=12))
    grey = Drawing(DRAWING.pixels // 2)
    options, memory = DrawOptions(grey, holds_ink=True), ChainMemory()
    ink = grey.pixels.ravel() > 0
    for _ in range(4):
        answer = ask(run, options, memory)
        np.testing.assert_allclose(answer.states[:, ink], 127 / 255, rtol=1e-6)
        assert (answer.dreams.reshape(9, -1)[:, ink] == 127).all()
        options = asked_next(options, answer, plays=True)
    assert len(np.unique(answer.states[:, ~ink])) == 2


def test_a_stack_dreams_while_it_is_pretrained_and_then_reconstructs():
    run = digits_run(DeepBeliefSettings((12, 6), pretrain_epochs=1), epochs=3)
    next(run)
    assert (ask(run).level, len(ask(run).dreams)) == (0, 9)
    finish_epoch(run)
    next(run)
    answer = ask(run, DrawOptions(DRAWING, holds_ink=True))
    assert (answer.level, len(answer.dreams)) == (1, 9)
    finish_epoch(run)
    next(run)
    answer = ask(run)
    assert len(answer.dreams) == 0
    assert np.abs(answer.reconstruction.ravel() - 255 * run.model.reconstruct(INPUTS).ravel()).max() <= 1


@pytest.mark.parametrize("settings", [MLP, CODER, RBMSettings(hidden=12)], ids=lambda settings: settings.kind)
def test_of_an_empty_pad_nothing_is_said(settings):
    run = trained(settings)
    for drawing in (None, Drawing(np.zeros((28, 28, 1), np.uint8))):
        answer = ask(run, DrawOptions(drawing))
        assert answer.drawing is None
        assert not len(answer.probability) and not len(answer.reconstruction) and not len(answer.dreams)


@pytest.mark.parametrize("settings", [MLP, CODER, RBMSettings(hidden=12)], ids=lambda settings: settings.kind)
def test_weights_that_are_no_numbers_are_told_in_a_sentence(settings):
    run = trained(settings)
    run.model.parameters.values[...] = np.nan
    answer = ask(run)
    assert "no finite number" in answer.problem
    assert answer.drawing is DRAWING
    assert not len(answer.probability) and not len(answer.reconstruction) and not len(answer.dreams)


def test_a_coloured_drawing_is_classified_and_reconstructed():
    inputs = np.random.default_rng(0).integers(0, 256, (40, 5, 4, 3)).astype(np.uint8)
    examples = Examples(inputs, np.arange(40) % 2)
    data = prepare_data(
        Dataset("mine", "Mine", examples, examples, Classes(("cat", "dog"))), DatasetSettings(scaling="standard")
    )
    drawing = Drawing(np.full((5, 4, 3), 200, np.uint8))
    classified = ask(digits_run(MLPSettings((Dense(2), Softmax())), data), DrawOptions(drawing))
    assert classified.class_names == ("cat", "dog")
    machine = digits_run(RBMSettings(hidden=6, visible_units="gaussian"), data)
    assert ask(machine, DrawOptions(drawing, holds_ink=True)).dreams.shape == (9, 5, 4, 3)


def test_a_look_changes_nothing():
    run = trained(RBMSettings(hidden=12, persistent=True, chains=4))
    before, chains = run.model.parameters.values.copy(), run.model.buffers.values.copy()
    ask(run)
    np.testing.assert_array_equal(run.model.parameters.values, before)
    np.testing.assert_array_equal(run.model.buffers.values, chains)


def test_dreams_of_one_level_do_not_go_on_in_the_next_of_the_same_size():
    run = digits_run(DeepBeliefSettings((64, 64), pretrain_epochs=1), epochs=3)
    next(run)
    memory = ChainMemory()
    options = asked_next(DRAWN, ask(run, DRAWN, memory))
    finish_epoch(run)
    next(run)
    answer, fresh = ask(run, options, memory), ask(run, options)
    assert (answer.level, answer.steps) == (1, 1)
    np.testing.assert_array_equal(answer.states, fresh.states)


def test_a_dream_begins_anew_at_another_drawing_and_goes_on_with_the_same():
    run, memory = trained(RBMSettings(hidden=12)), ChainMemory()
    first = ask(run, DRAWN, memory)
    other = replace(DRAWN, drawing=Drawing(255 - DRAWING.pixels), chains=replace(DRAWN.chains, look=1, restarts=1))
    answer, again = (ask(run, other, memory) for _ in range(2))
    assert (first.steps, answer.steps, answer.restarts) == (1, 1, 1)
    np.testing.assert_array_equal(answer.states, again.states)
    np.testing.assert_array_equal(answer.states, ask(run, other).states)
    assert ask(run, asked_next(other, answer, plays=True), memory).steps == 2
