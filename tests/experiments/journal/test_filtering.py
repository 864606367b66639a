"""A line that says which runs are meant, and sentences for lines that say nothing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import SettingError
from nnlab.experiments.journal.differing import automatic_name, differing_names
from nnlab.experiments.journal.filtering import EXAMPLE, filtered, parse_filter
from nnlab.experiments.journal.records import RunRecord, flat_settings
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence


def record(number: int, settings: Mapping[str, Any], figures: Mapping[str, Any], **more: Any) -> RunRecord:
    row = (number, f"run {number}", "", "", settings, "", {}, 0.0, 1.0, 10, 1.0, "done", figures)
    empty = RunRecord(*row, np.zeros(0), (), None, None, "", (), False)
    return replace(empty, **more)


RUNS = [
    record(
        1,
        {"training.learning_rate": 0.1, "dataset.source": "mnist", "training.optimizer": "adam"},
        {"best_validation_accuracy": 0.98, "best_validation_loss": 0.1},
        tags=("good", "wide net"),
    ),
    record(2, {"training.learning_rate": 0.01, "dataset.source": "digits"}, {"best_validation_accuracy": 0.9}, star=True),
    record(3, {"training.learning_rate": 0.001, "dataset.source": "sine"}, {"best_validation_r2": 0.5}, notes="odd one"),
]


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("", [1, 2, 3]),
        (EXAMPLE, [1]),
        ("lr>0.005", [1, 2]),
        ("learning_rate <= 0.01", [2, 3]),
        ("training.learning_rate = 1e-3", [3]),
        ("accuracy >= 0.9", [1, 2]),
        ("r2 > 0", [3]),
        ("loss < 0.2", [1]),
        ("dataset != mnist", [2, 3]),
        ("dataset = MNIST", [1]),
        ("optimizer = adam", [1]),
        ("optimizer != adam", [2, 3]),
        ("tag = good", [1]),
        ('tag = "wide net"', [1]),
        ("tag != good", [2, 3]),
        ("star = 1", [2]),
        ("star", [2]),
        ("star lr > 0", [2]),
        ('"star"', []),
        ('"tag"', []),
        ("odd", [3]),
        ("good lr > 0.5", []),
        ("number > 1 epoch = 1", [2, 3]),
        ("dataset > mnist", []),
    ],
)
def test_a_line_names_runs(line: str, numbers: list[int]):
    assert [one.number for one in filtered(RUNS, parse_filter(line))] == numbers


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lr >", ("'>' has nothing behind it", "letter 4")),
        ("> 3", ("'>' has nothing before it", "letter 1")),
        ("lr > < 3", ("'>' has nothing behind it",)),
        ('name = "two', ("a quote is not closed", "letter 7")),
        ("star tag", ("'tag' is compared with nothing", "letter 6", "in quotes")),
        ("lr", ("'lr' is compared with nothing",)),
    ],
)
def test_a_line_that_makes_no_sense_is_told_where(line: str, words: tuple[str, ...]):
    with pytest.raises(SettingError) as caught:
        parse_filter(line)
    assert_one_sentence(caught.value, *words, EXAMPLE)


def test_a_name_that_no_run_has_is_told_with_the_nearest():
    with pytest.raises(SettingError) as caught:
        filtered(RUNS, parse_filter("acuracy > 0.5"))
    assert_one_sentence(caught.value, "acuracy", "did you mean 'accuracy'")


def test_a_name_like_no_other_is_told_without_the_list_of_all():
    with pytest.raises(SettingError) as caught:
        filtered(RUNS, parse_filter("qqqqqq > 0.5"))
    assert_one_sentence(caught.value, "no run has 'qqqqqq';", EXAMPLE)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("line", ["parent = 1", "r2 > 0", "decay > 0"])
def test_a_name_that_there_is_but_no_run_has_yet_names_no_run(line: str):
    """It is not misspelt."""
    assert filtered(RUNS[:2], parse_filter(line)) == []


@given(st.text(max_size=40))
def test_any_line_names_runs_or_is_told_in_one_sentence(line: str):
    try:
        filtered(RUNS, parse_filter(line))
    except SettingError as error:
        assert_one_sentence(error)


def test_a_run_is_called_by_what_was_changed():
    first = flat_settings(SMALL)
    slower = flat_settings(replace(SMALL, training=replace(SMALL.training, learning_rate=0.05, epochs=9)))
    assert automatic_name(None, first) == ""
    assert automatic_name(first, first) == ""
    assert automatic_name(first, slower) == "lr 0.1 → 0.05"
    longer = flat_settings(replace(SMALL, training=replace(SMALL.training, epochs=9)))
    assert automatic_name(first, longer) == "epochs 2 → 9"
    layers = (replace(SMALL.model.layers[0], units=7), *SMALL.model.layers[1:])
    wider = flat_settings(replace(SMALL, model=replace(SMALL.model, layers=layers)))
    assert automatic_name(first, wider) == "layers dense 5 xavier → dense 7 xavier"
    assert differing_names([first, slower, longer]) == ["training.learning_rate", "training.epochs"]
