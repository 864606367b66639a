"""Names and values from elsewhere are read in one line, and errors with them."""

import math

import numpy as np
import pytest

from nnlab.errors import DatasetError, NnlabError
from nnlab.words import counted, figure, loss_text, percent, printable, shown, shown_value, signed, without_middle

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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (76050, "76,050"),
        (76053.4, "76,053"),
        (np.float32(0.0125), "0.0125"),
        (0.00012345, "0.0001234"),
        (7.605e-5, "7.605e−05"),
        (999.97, "1,000"),
        (123_456_789, "123,456,789"),
        (1.2e12, "1.2e+12"),
        (-0.5, "−0.5"),
        (-0.0, "0"),
        (math.nan, "nan"),
        (-math.inf, "−inf"),
    ],
)
def test_a_figure_has_an_exponent_only_where_it_is_very_small_or_huge(value: float, text: str):
    assert figure(value) == text


def test_shares_are_percentages_with_one_digit_behind_the_point():
    assert [percent(share) for share in (1, 0.98265, np.float32(0.5), 0)] == ["100.0%", "98.3%", "50.0%", "0.0%"]


def test_a_figure_with_more_digits_has_its_thousands_apart_as_well():
    assert figure(1234.5, 6) == "1,234.5"
    assert figure(0.123456, 3, plus=True) == "+0.123"


def test_terms_of_a_sum_have_as_many_decimals_as_each_other():
    texts = [signed(value) for value in (0.5, -12.0, 76050, -3.21e-5, -0.0)]
    assert texts == ["+0.5000", "−12.0000", "+76,050", "−3.21e−05", "+0.0000"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.30259, "2.3026"), (0.0123, "0.0123"), (0.00012345, "0.000123"), (3.2e-9, "3.2e−09"), (0.0, "0.0000")],
)
def test_small_losses_keep_their_digits(value: float, text: str) -> None:
    assert loss_text(value) == text
