"""Names that a spreadsheet would run are not run; numbers stay numbers."""

import pytest

from nnlab.spreadsheet import inert


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+a", "@x", "-cat", "\t=1+1", "\r=1", "-1+1", "=1"])
def test_a_formula_is_written_as_a_text(name: str):
    assert inert(name) == "'" + name


@pytest.mark.parametrize("name", ["-1", "+1", "-1.5e3", "cat", "7", "", "a=b", "'x"])
def test_numbers_and_other_names_stay_as_they_are(name: str):
    assert inert(name) == name
