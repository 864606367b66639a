"""A model file remembers which parameters were changed by hand: a run that goes on from it does not claim that none was."""

import json
from pathlib import Path

import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.model_file import load_model, model_bytes, save_model
from nnlab.probes import look
from nnlab.training.hand_edits import change_by_hand
from tests.experiments.cases import GOOD, METRICS, SMALL, refused, stepped_run, with_metadata

WEIGHT, BIAS = ("dense1.weight", (1, 3)), ("dense2.bias", (0,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


def test_what_was_changed_and_what_it_was_come_back(path: Path):
    run = stepped_run()
    befores = [change_by_hand(run, *place, 2.5) for place in (WEIGHT, BIAS)]
    save_model(path, run, SMALL, METRICS)
    opened = assemble(SMALL, [])
    load_model(path).continue_in(opened)
    assert opened.edited == run.edited == dict(zip((WEIGHT, BIAS), befores, strict=True))
    assert look(opened, "parts").moment.words == "step 6, edited by hand"
    # Taken back by hand, the parameters are again those that training has made.
    for place, before in zip((WEIGHT, BIAS), befores, strict=True):
        change_by_hand(opened, *place, before)
    assert look(opened, "parts").moment.words == "step 6"


def test_training_on_moves_them_all_and_leaves_none_edited(path: Path):
    run = stepped_run()
    change_by_hand(run, *WEIGHT, 2.5)
    save_model(path, run, SMALL, METRICS)
    opened = assemble(SMALL, [])
    load_model(path).continue_in(opened)
    next(opened)
    assert not opened.edited
    assert not load_model_of(path, model_bytes(opened, SMALL, METRICS)).checkpoint.edited


def load_model_of(path: Path, content: bytes):
    path.write_bytes(content)
    return load_model(path)


def test_files_of_before_this_was_kept_say_nothing_of_it(path: Path):
    assert load_model_of(path, with_metadata(GOOD, events=None)).checkpoint.events == ()


@pytest.mark.parametrize(
    "edited",
    [
        "no JSON",
        "{}",
        "7",
        "[7]",
        '[["dense1.weight", [1, 3]]]',
        '[["dense9.weight", [1, 3], 0.5]]',
        '[["dense1.weight", [1], 0.5]]',
        '[["dense1.weight", [1, 5], 0.5]]',
        '[["dense1.weight", [-1, 3], 0.5]]',
        '[["dense1.weight", [1, true], 0.5]]',
        '[["dense1.weight", [1, 3], "0.5"]]',
        '[["dense1.weight", [1, 3], null]]',
        '[["dense1.weight", [1, 3], NaN]]',
        '[["dense1.weight", [1, 3], 1e999]]',
        json.dumps([["dense1.weight", [1, 3], 10**400]]),
        '[[["dense1.weight"], [1, 3], 0.5]]',
        "[" * 100_000,
    ],
)
def test_what_makes_no_sense_is_refused(path: Path, edited: str):
    refused(path, with_metadata(GOOD, events=None, edited=edited))
