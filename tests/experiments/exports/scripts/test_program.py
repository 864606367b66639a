"""A script has what its roots need, once, and each thing behind what it needs."""

import pytest

from nnlab.experiments.exports.scripts.piece import Name, Outside, taken_apart
from nnlab.experiments.exports.scripts.program import Program, Wanted, gathered

PIECES = {
    "base": "import numpy as np\n\n\n# Why.\nclass Base:\n    'A base.'\n    n = np.zeros(1)\n\n\nclass Unused: ...\n",
    "deep.one": (
        "from ..base import Base\nfrom ..settings import SEED\n\n\nclass One(Base):\n    seed = SEED\n\n\ndef step(): ...\n"
    ),
    "deep.two": "def step():\n    'Two.'\n    return helper()\n\n\ndef helper(): ...  # type: ignore[misc]\n",
    "door": "from .deep.one import One as Way\n",
    "top": (
        "from .deep.one import step\nfrom .door import Way\nfrom .settings import CLIP_NORM, EPOCHS\n\n\n"
        "def main() -> Way:\n    if CLIP_NORM:\n        print(EPOCHS)\n    step()\n    return Way()\n\n\n"
        'if __name__ == "__main__":\n    main()\n'
    ),
}


def program(settings: dict[str, object], slots: dict[str, str]) -> Program:
    written = {name: taken_apart(name, source) for name, source in PIECES.items()}
    return gathered(Wanted((Name("top", "main"),), settings, slots, written))


def test_what_is_needed_comes_first_and_nothing_else_comes():
    found = program({"CLIP_NORM": 0.0}, {})
    assert [part.name for part in found.parts] == ["Base", "One", "step", "main"]
    assert found.constants == {"SEED"}
    assert found.outside == {Outside("numpy", alias="np")}
    assert found.tail == 'if __name__ == "__main__":\n    main()'


def test_comments_above_a_definition_belong_to_it_and_words_to_the_type_checker_do_not():
    parts = {part.name: part for part in program({}, {"deep.one.step": "deep.two.step"}).parts}
    assert parts["Base"].source.startswith("# Why.\nclass Base:")
    assert parts["Base"].docstring == "A base."
    assert parts["helper"].source == "def helper(): ..."


def test_a_constant_that_asks_for_a_part_brings_what_that_needs():
    assert program({"CLIP_NORM": 1.0}, {}).constants == {"SEED", "EPOCHS"}


def test_a_slot_puts_another_name_in_place_and_what_was_called_otherwise_is_renamed():
    found = program({"CLIP_NORM": 0.0}, {"deep.one.step": "deep.two.step"})
    assert [part.name for part in found.parts] == ["Base", "One", "helper", "step", "main"]
    assert found.parts[-1].source == "def main() -> One:\n    step()\n    return One()"


def test_two_things_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"step is in deep\.two and in deep\.one"):
        gathered(
            Wanted(
                (Name("deep.two", "step"), Name("deep.one", "step")),
                {},
                {},
                {name: taken_apart(name, source) for name, source in PIECES.items()},
            )
        )


def test_a_constant_that_no_piece_knows_is_refused():
    with pytest.raises(ValueError, match=r"pieces/settings\.py has no EPOCH"):
        program({"EPOCH": 3}, {})


def test_a_type_stands_before_what_is_defined_with_it_though_that_needs_it_too():
    pieces = {"a": "class A:\n    def f(self):\n        return g(self)\n\n\ndef g(a: A, n=N): ...\n\n\nN = 3\n"}
    written = {name: taken_apart(name, source) for name, source in pieces.items()}
    found = gathered(Wanted((Name("a", "A"),), {}, {}, written))
    assert [part.name for part in found.parts] == ["N", "A", "g"]
