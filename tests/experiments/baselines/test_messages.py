"""What a process tells is believed as far as it makes sense, and the lines of a script are counted as a person would."""

import json
from dataclasses import asdict

import pytest

from nnlab.experiments.baselines.messages import BaselineError, Ended, Steps, parsed
from nnlab.experiments.exports.scripts.code_lines import lines_of_code


def test_steps_are_read_with_and_without_a_score():
    line = b'{"kind": "steps", "rows": [[1, 0.5, null, 0.1], [2, 0.4, 0.75, 0.1]], "seconds": 0.25}'
    assert parsed(line) == Steps(((1, 0.5, None, 0.1), (2, 0.4, 0.75, 0.1)), 0.25)


def test_an_end_is_read():
    told = Ended(2, 1, 0.5, None, None, 7, "a")
    assert parsed(json.dumps({"kind": "ended", **asdict(told)}).encode()) == told


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe",
        b"Epoch 1/5",
        b"[]",
        b'{"kind": "unheard"}',
        b'{"kind": ["ended"]}',
        b'{"kind": "said", "sentence": 7}',
        b'{"kind": "diverged"}',
        b'{"kind": "diverged", "step": 1, "more": 2}',
        b'{"kind": "steps", "rows": [[1, 2]], "seconds": 0}',
        b'{"kind": "steps", "rows": [], "seconds": 0}',
        b'{"kind": "steps", "rows": 3, "seconds": 0}',
        b"[" * 100_000,
    ],
)
def test_what_makes_no_sense_is_refused(line):
    with pytest.raises(BaselineError, match="where it should say how it goes"):
        parsed(line)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("# a comment\n\n\n", 0),
        ('"""What it is."""\n\nimport os  # why\n', 1),
        ("x = (\n    1,\n\n    # between\n    2,\n)\n", 4),
        ('def f():\n    """Does it.\n\n    In full.\n    """\n    return """a\nb"""\n', 3),
        ("a = 1; b = 2\n", 1),
    ],
)
def test_lines_of_code_are_those_on_which_something_is_done(text, count):
    assert lines_of_code(text) == count
