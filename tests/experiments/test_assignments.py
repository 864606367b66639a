"""Assignments of `--set`: they change what they name, and their mistakes are told like those of a file."""

from dataclasses import replace

import pytest

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import (
    with_settings,
)
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence


def test_assignments_change_what_they_name_and_nothing_else():
    changed = with_settings(
        SMALL,
        ["training.epochs=7", "training.learning_rate = 1e-3", "dataset.name=moons", "training.shuffle=false", "name=B c"],
    )
    assert changed == replace(
        SMALL,
        name="B c",
        dataset=replace(SMALL.dataset, name="moons"),
        training=replace(SMALL.training, epochs=7, learning_rate=1e-3, shuffle=False),
    )


def test_the_last_of_two_assignments_counts():
    assert with_settings(SMALL, ["training.epochs=7", "training.epochs=9"]).training.epochs == 9


def test_a_list_of_layers_can_be_assigned():
    changed = with_settings(SMALL, ['model.layers=[{ type = "dense", units = 2 }, "softmax"]'])
    assert [layer.summary() for layer in changed.model.layers] == ["Dense 2", "Softmax"]


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("training.epochs", ("--set training.epochs", "KEY=VALUE")),
        ("=3", ("KEY=VALUE",)),
        ("training.epochs=three", ("training.epochs", "'three'", "whole number")),
        ("training.epochs=", ("training.epochs", "whole number")),
        ("training.epochs=0", ("training.epochs", "at least 1")),
        ("training.epoch=3", ("training.epoch", "did you mean 'epochs'")),
        ("trainin.epochs=3", ("trainin.epochs", "did you mean 'training'")),
        ("training.epochs.x=3", ("training.epochs.x",)),
        ("epochs=3", ("epochs", "unknown")),
        ("training=3", ("training", "expected a table")),
        ("format=2", ("format 2",)),
    ],
)
def test_a_wrong_assignment_is_one_sentence(assignment: str, words: tuple[str, ...]):
    with pytest.raises(NnlabError) as caught:
        with_settings(SMALL, [assignment])
    assert_one_sentence(caught.value, *words)
