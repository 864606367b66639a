"""What a script does not ask for is left out of a piece, and what stays keeps its comments and its layout."""

import textwrap

import pytest

from nnlab.experiments.exports.scripts.folding import folded

KNOWN = {"YES": True, "NO": 0.0, "KIND": "cosine", "COUNT": 3}


def check(before: str, after: str) -> None:
    assert folded(textwrap.dedent(before).strip("\n"), KNOWN) == textwrap.dedent(after).strip("\n")


def test_a_branch_that_holds_stands_in_the_place_of_its_if():
    check(
        """
        def f(x):
            if YES:
                # Why.
                x = [
                    1,
                ]
            return x
        """,
        """
        def f(x):
            # Why.
            x = [
                1,
            ]
            return x
        """,
    )


def test_a_branch_that_does_not_hold_is_gone_and_its_else_stays():
    check(
        """
        def f(x):
            if NO:
                return 1
            else:
                # Otherwise.
                return 2
        """,
        """
        def f(x):
            # Otherwise.
            return 2
        """,
    )


def test_branches_inside_of_branches_are_decided_too():
    check(
        """
        def f(x):
            if KIND == "plateau":
                a = 1
            else:
                if COUNT > 2:
                    a = 2
                else:
                    a = 3
            return a
        """,
        """
        def f(x):
            a = 2
            return a
        """,
    )


@pytest.mark.parametrize(
    ("test", "left"),
    [
        ("YES and x", "x"),
        ("x and YES and y", "x and y"),
        ("NO or x", "x"),
        ("x", "x"),
        ("x and y", "x and y"),
        ("UNKNOWN and x", "UNKNOWN and x"),
    ],
)
def test_of_a_condition_what_is_open_is_left(test: str, left: str):
    check(f"if {test}:\n    pass", f"if {left}:\n    pass")


@pytest.mark.parametrize("test", ["NO and x", "not YES", "NO or KIND != 'cosine'", "not (YES or x)", "COUNT < 3"])
def test_a_condition_that_cannot_hold_leaves_nothing(test: str):
    check(f"a = 1\nif {test}:\n    a = 2\nb = 3", "a = 1\nb = 3")


def test_a_choice_between_values_is_made():
    check('a = f("ä", x if YES else y, y if NO else z)', 'a = f("ä", x, z)')


def test_an_elif_about_a_constant_is_refused():
    with pytest.raises(ValueError, match="elif"):
        folded("if x:\n    a = 1\nelif YES:\n    a = 2", KNOWN)
