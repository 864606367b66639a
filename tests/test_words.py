"""Names and values from elsewhere are read in one line, and errors with them."""

import pytest

from nnlab.errors import DatasetError, NnlabError
from nnlab.words import counted, printable, shown, shown_value, without_middle

UNSEEN = ["\n", "\r", "\x1b", "\x07", "\0", "\x7f", "\x9b", "\u202e", "\u2066", "\u2028", "\udcff"]


@pytest.mark.parametrize("letter", UNSEEN)
def test_letters_that_act_on_a_terminal_are_not_written(letter: str):
    assert printable(f"a{letter}b") == shown(f"a{letter}b") == str(NnlabError(f"a{letter}b")) == "a?b"


def test_what_can_be_seen_stays_as_it_is():
    for text in ("Ωmega naïve 数字 … × −1", "a [bold] & <b>"):
        assert printable(text) == text


def test_of_a_sentence_with_a_very_long_value_beginning_and_end_are_told():
    told = str(DatasetError(f"data.csv: {'x' * 900_000} is no number; write one"))
    assert told.startswith("data.csv: xx")
    assert told.endswith("xx is no number; write one")
    assert len(told) <= 1500
    assert without_middle("short", 5) == "short"


def test_a_path_of_the_longest_kind_that_people_have_stays_whole():
    path = "/folder" * 150
    assert path in str(DatasetError(f"{path} was not found"))


def test_a_value_that_python_cannot_write_is_told_all_the_same():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    assert shown_value(16**10_000) == shown_value(deep) == "the value"
    assert shown_value("a\nb") == r"'a\nb'"


def test_one_is_one_and_all_others_are_many():
    assert [counted(count, "unit") for count in (0, 1, 2, 1234)] == ["0 units", "1 unit", "2 units", "1,234 units"]
    assert counted(2, "class", "classes") == "2 classes"
