"""Constants, imports and calls are laid out as a formatter would."""

import subprocess
import sys

import pytest

from nnlab.experiments.exports.scripts.calls import Call, written
from nnlab.experiments.exports.scripts.layout import constants_text, imports_text, literal, sections_of
from nnlab.experiments.exports.scripts.piece import Outside
from nnlab.experiments.exports.scripts.program import Part, Program


def test_imports_are_sorted_pythons_own_first():
    found = [Outside("numpy", alias="np"), Outside("math"), Outside("typing", "NamedTuple"), Outside("argparse")]
    found += [Outside("collections.abc", name) for name in ("Iterator", "Callable")]
    assert imports_text(found).splitlines() == [
        *("import argparse", "import math", "from collections.abc import Callable, Iterator"),
        *("from typing import NamedTuple", "", "import numpy as np"),
    ]


def test_constants_have_their_remarks_and_the_values_of_the_experiment():
    program = Program(constants={"SEED", "EPOCHS", "CLASSES", "SCHEDULE"})
    text = constants_text(program, {"EPOCHS": 7, "CLASSES": (3,), "SCHEDULE": "step"})
    assert text.splitlines() == [
        "CLASSES = (3,)  # only these, in the order of the data",
        "SEED = 0  # decides the starting weights and all that is random in training",
        "EPOCHS = 7  # how often every example is learned from",
        'SCHEDULE = "step"',
    ]


@pytest.mark.parametrize("value", [0.1, 1e-08, (1, 2.5), (), "a'b", 'a"b', "a\\b", True, ("x",)])
def test_a_value_is_written_so_that_python_reads_it_again(value: object):
    import ast

    assert ast.literal_eval(literal(value)) == value


def test_parts_stand_in_chapters_in_the_readers_order():
    program = Program([Part("main", "main", ""), Part("Step", "face", ""), Part("split", "data.split", "")])
    assert [section.title for section in sections_of(program)] == ["What training yields", "Data", "To run it"]


@pytest.mark.parametrize("count", [1, 3, 4, 5, 8, 20])
def test_calls_and_lists_are_broken_where_ruff_breaks_them(count: int):
    inner = Call("Geometry", tuple(str(number) for number in range(1000, 1000 + count)))
    calls = [Call("Conv2D", ('"conv2d1"', inner, "8")), [Call("ReLU", ('"relu1"',))] * count, Call("f", (inner, inner))]
    text = f"def layers():\n    return {written(calls, 4, 7, 0)}\n"
    words = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    assert subprocess.run(words, input=text, capture_output=True, text=True, check=True).stdout == text
