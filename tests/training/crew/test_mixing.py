"""What examples that act on each other ask of those who divide a batch: exchanges, running figures, parts at one time."""

import threading
import time
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import DivergedError, OutOfMemoryError
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES, BatchLoss
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.training import TrainingRun
from nnlab.training.crew.part_exchange import PartExchange, slots_shape
from nnlab.training.crew.parts_at_once import PartsAtOnce
from nnlab.training.hand_edits import change_by_hand
from tests.experiments.cases import SMALL
from tests.training.crew.crews import crewed, divided
from tests.training.crew.mixing import MIXING
from tests.training.crew.test_crew import all_steps, assert_same

NORMALISED = MIXING["normalised"]


def exchanges(parts: int, numbers: int, barrier: threading.Barrier) -> list[PartExchange]:
    slots = np.zeros(slots_shape(parts, numbers))
    return [PartExchange(rank, slots, barrier.wait) for rank in range(parts)]


def test_parts_that_come_early_or_late_get_the_means_of_each_exchange():
    parts, count, barrier = 3, 200, threading.Barrier(3, timeout=60)
    found = np.random.default_rng(0).normal(size=(count, parts, 4))
    told = np.zeros_like(found)

    def pass_through(rank: int, exchange: PartExchange) -> None:
        pauses = np.random.default_rng(rank).random(count) < 0.1
        exchange.begin(7)
        for number in range(count):
            told[number, rank] = exchange.mean(found[number, rank].reshape(2, 2)).ravel()
            if pauses[number]:
                time.sleep(0.001)

    threads = [
        threading.Thread(target=pass_through, args=(rank, one)) for rank, one in enumerate(exchanges(parts, 4, barrier))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = np.average(found, axis=1, weights=[3, 2, 2])
    np.testing.assert_allclose(told, np.repeat(expected[:, None], parts, axis=1), rtol=1e-12)
    np.testing.assert_array_equal(told, told[:, :1].repeat(parts, axis=1))


def test_what_a_part_without_examples_finds_counts_for_nothing():
    one, other = exchanges(2, 3, threading.Barrier(1))
    for exchange in (one, other):
        exchange.begin(1)
    other.mean(np.full(3, np.nan))
    np.testing.assert_array_equal(one.mean(np.arange(3.0)), [0, 1, 2])
    assert one.examples(1) == 1


def wild() -> Experiment:
    layers = (Dense(8), LAYERS["batch_norm"](), LAYERS["relu"](), Dense(1))
    model = MLPSettings(layers, LOSSES["mean_squared_error"])
    settings = replace(SMALL.training, optimizer=OPTIMIZERS["sgd"](), learning_rate=5.0, epochs=90, batch_size=16)
    return Experiment("Wild", DatasetSettings("sine", scaling="standard"), model, settings)


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_step_that_is_not_made_leaves_no_running_figures_behind(is_apart: bool):
    alone, lengths = divided(wild(), 2), []
    with crewed(wild(), 2, is_apart) as run, pytest.raises(DivergedError):
        while made := run.stretch(100.0):
            lengths.append(len(made))
            list(islice(alone, run.step - alone.step))
            np.testing.assert_array_equal(run.model.buffers.values, alone.model.buffers.values)
    # In the midst of a stretch, and not before its first step.
    assert run.divergence and lengths[-1] % run.batches
    with pytest.raises(DivergedError):
        list(alone)
    assert_same(run, alone)


def test_where_a_variance_overflows_there_is_no_way_back_to():
    long = replace(NORMALISED, training=replace(NORMALISED.training, epochs=30, patience=0))
    alone = divided(long, 2)

    def overflow(run: TrainingRun) -> None:
        # Where a copy is due.
        assert run.step == 64
        change_by_hand(run, "dense1.weight", (0, 1), 1e25)

    with crewed(long, 2) as run:
        while run.step < 64:
            run.stretch(0.001)
        list(islice(alone, 64))
        for one in (run, alone):
            overflow(one)
        with pytest.raises(DivergedError) as found:
            all_steps(run)
    with pytest.raises(DivergedError) as expected:
        list(alone)
    assert str(found.value) == str(expected.value)
    assert_same(run, alone)
    assert np.abs(run.model.parameters.values).max() < 1e25


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_a_part_that_fails_ends_the_step_for_all_and_what_failed_is_told(rank: int, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> BatchLoss:
        raise ValueError("cannot be")

    run = divided(NORMALISED, 3)
    at_once = run._gradient._at_once = PartsAtOnce(run.model, 3)
    monkeypatch.setattr(at_once._models[rank], "loss_and_gradient", fail)
    threads = threading.active_count()
    with pytest.raises(ValueError, match="cannot be"):
        next(run)
    assert threading.active_count() == threads


@pytest.mark.parametrize("rank", [0, 1])
def test_a_part_without_memory_leaves_the_run_as_it_was(rank: int, monkeypatch: pytest.MonkeyPatch):
    run, alone = divided(NORMALISED, 2), divided(NORMALISED, 2)
    list(islice(run, 3))
    model = run._gradient._at_once._models[rank]
    learn = model.loss_and_gradient

    def fail_late(*arguments: object) -> BatchLoss:
        learn(*arguments)
        raise MemoryError

    before = run.model.buffers.values.copy()
    with monkeypatch.context() as patch:
        patch.setattr(model, "loss_and_gradient", fail_late)
        with pytest.raises(OutOfMemoryError):
            next(run)
    np.testing.assert_array_equal(run.model.buffers.values, before)
    list(run), list(alone)
    assert_same(run, alone)


def test_where_no_thread_can_be_had_it_is_said_as_of_memory(monkeypatch: pytest.MonkeyPatch):
    def no_room(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    run = divided(NORMALISED, 2)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_room)
        with pytest.raises(OutOfMemoryError):
            next(run)
    assert next(run).number == 1


def test_what_fails_between_stretches_leaves_the_running_figures_as_they_are(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> bool:
        raise MemoryError

    with crewed(NORMALISED, 2) as run:
        while run.epoch < 2:
            run.stretch(0.001)
        before = run.model.buffers.values.copy()
        monkeypatch.setattr(run, "_tell_model", fail)
        with pytest.raises(OutOfMemoryError):
            run.stretch(0.001)
    np.testing.assert_array_equal(run.model.buffers.values, before)
