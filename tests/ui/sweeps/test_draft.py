"""What a person types becomes a sweep, and what makes no sense is told at its own field."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import with_settings
from nnlab.experiments.sweeps.axis import Listed, Range
from nnlab.experiments.sweeps.search import Grid, Random
from nnlab.experiments.sweeps.sweep_file import parse_sweep
from nnlab.ui.sweeps.axis_list import first_draft
from nnlab.ui.sweeps.choosable import choosable_settings, titles_of
from nnlab.ui.sweeps.draft import AxisDraft, Draft, draft_of, fault_of
from tests.ui.sweeps.stored import DIGITS, sweep_of

RATE = "training.learning_rate"


def draft(*axes: AxisDraft, grid: bool = False) -> Draft:
    return Draft("Mine", DIGITS, axes, Grid() if grid else Random(trials=5))


def test_values_and_ranges_become_axes():
    sweep = draft(
        AxisDraft(RATE, True, low="1e-3", high="0.5", is_log=True),
        AxisDraft("training.optimizer", values="sgd, adam"),
        AxisDraft("training.batch_size", True, low="8", high="64"),
        AxisDraft("training.shuffle", values="true, false"),
    ).to_sweep()
    assert sweep.axes == (
        Range(RATE, 1e-3, 0.5, is_log=True),
        Listed("training.optimizer", ("sgd", "adam")),
        Range("training.batch_size", 8, 64, is_whole=True),
        Listed("training.shuffle", (True, False)),
    )
    assert sweep.count == 5 and sweep.base == DIGITS


def test_a_kind_with_settings_of_its_own_is_written_as_files_have_it():
    typed = AxisDraft("training.optimizer", values='"sgd", { kind = "adam", beta1 = 0.8 }')
    [axis] = draft(typed).to_sweep().axes
    assert axis.values == ("sgd", {"kind": "adam", "beta1": 0.8})


def test_a_grid_says_how_many_values_a_range_has():
    sweep = draft(AxisDraft(RATE, True, low="0.1", high="0.5", count=3), grid=True).to_sweep()
    assert sweep.count == 3 and [chosen[RATE] for chosen in sweep.proposed([])] == [0.1, 0.3, 0.5]


@pytest.mark.parametrize("search", [Random(trials=9), Grid()])
def test_a_sweep_typed_again_is_the_same_and_so_is_its_file(search: Random | Grid):
    axes = (
        Range(RATE, 1e-3, 1.0, is_log=True, count=4 if isinstance(search, Grid) else 0),
        Listed("training.optimizer", ("sgd", {"kind": "adam", "beta1": 0.8})),
        Listed("training.shuffle", (True, False)),
        Listed("training.batch_size", (8, 32)),
    )
    sweep = sweep_of(axes, search)
    again = draft_of(sweep)
    assert again.to_sweep() == sweep
    assert parse_sweep(again.to_text()) == sweep


EXACT = [
    (Range(RATE, 0.12345678, 1.0), Random(trials=2)),
    (Range("training.seed", 1, 2**31 - 1, is_whole=True), Random(trials=2)),
    (Range("training.epochs", 1, 1_000_000, is_whole=True, count=3), Grid()),
    (Range("training.epochs", 1, 10, is_whole=True), Grid()),
]


@pytest.mark.parametrize(("axis", "search"), EXACT)
def test_a_file_that_is_opened_tries_what_it_says(axis: Range, search: Random | Grid):
    sweep = sweep_of((axis,), search)
    assert draft_of(sweep).to_sweep() == sweep


FAULTS = {
    "nothing between": (AxisDraft(RATE, True, low="0.5", high="0.1"), RATE, "low 0.5 is not below high 0.1"),
    "no number": (AxisDraft(RATE, True, low="much", high="1"), RATE, "low: 'much' is not a number"),
    "no bound": (AxisDraft(RATE, True, high="1"), RATE, "low: missing"),
    "no logarithm": (AxisDraft(RATE, True, low="0", high="1", is_log=True), RATE, "low: 0 has no logarithm"),
    "nothing": (AxisDraft(RATE, values=" "), RATE, "expected a list of values"),
    "twice": (AxisDraft(RATE, values="0.1, 0.1"), RATE, "stands there twice"),
    "out of range": (AxisDraft(RATE, values="0.1, -1"), RATE, "out of range"),
    "unknown kind": (AxisDraft("training.optimizer", values="adamm"), "training.optimizer", "did you mean 'adam'"),
    "unknown setting": (AxisDraft("training.rate", values="1"), "training.rate", "unknown setting"),
    "fractions": (AxisDraft("training.batch_size", True, low="1.5", high="4"), "training.batch_size", "whole numbers"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_makes_no_sense_is_told_at_its_axis(fault: str):
    axis, where, words = FAULTS[fault]
    typed = draft(AxisDraft("training.seed", values="1, 2"), axis)
    with pytest.raises(NnlabError) as found:
        typed.to_sweep()
    place, sentence = fault_of(found.value, typed)
    assert place == where and words in sentence and not sentence.startswith("vary.")


def test_where_the_data_of_a_sweep_lies_is_kept(tmp_path: Path):
    typed = draft_of(replace(sweep_of(), near=(tmp_path,)))
    assert typed.with_axis(AxisDraft("training.seed", values="1, 2")).to_sweep().near == (tmp_path,)


def test_every_setting_can_be_varied_by_its_own_label():
    found = {one.name: one for one in choosable_settings(DIGITS)}
    assert {"dataset.source", "model.loss", RATE, "training.optimizer.momentum", "model.layers.0.units"} <= set(found)
    assert found[RATE].label == "Learning rate" and found[RATE].section == "Training"
    assert titles_of(DIGITS)["model.layers.0.units"] == "Units (layer 1, dense)"
    assert not any(name.endswith(("stop_when", "layers")) for name in found)


@pytest.mark.parametrize(
    ("name", "now", "low", "high", "is_log"),
    [
        ("training.optimizer.momentum", 0.9, "0.5", "0.98", False),
        ("training.optimizer.momentum", 0.9999, "0.9995", "0.9999", False),
        ("training.optimizer.momentum", 0.1, "0.01", "0.9999", True),
        (RATE, 0.05, "0.005", "0.5", True),
    ],
)
def test_a_range_is_at_first_around_what_it_is_now(name: str, now: float, low: str, high: str, is_log: bool):
    settings = {one.name: one for one in choosable_settings(with_settings(DIGITS, [f"{name}={now}"]))}
    found = first_draft(settings[name])
    assert (found.low, found.high, found.is_log) == (low, high, is_log)


@pytest.mark.parametrize("setting", choosable_settings(DIGITS), ids=lambda one: one.name)
def test_what_is_offered_at_first_can_be_tried(setting):
    """But for data that has to be found first."""
    typed = draft(first_draft(setting))
    if not setting.name.startswith("dataset."):
        assert typed.to_sweep().axes[0].name == setting.name
