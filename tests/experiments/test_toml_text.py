"""Keys of very many parts are refused at once; dots elsewhere are no keys."""

import time

import pytest

from nnlab.errors import ExperimentError, NnlabError
from nnlab.experiments.experiment import Experiment, parse_experiment, with_settings
from nnlab.experiments.toml_text import parse_toml

MANY = ".a" * 40_000


@pytest.mark.parametrize(
    "text",
    [
        f"a{MANY} = 1",
        "a" + " . a" * 40_000 + " = 1",
        '"a"' + '."a b"' * 40_000 + " = 1",
        "'a'" + ".'a'" * 40_000 + " = 1",
        f"[a{MANY}]",
        f"[[a{MANY}]]",
        f"a = {{b{MANY} = 1}}",
        f'x = """ a """" # {{" \na{MANY} = 1',
        f'x = ["""a"""", {{a{MANY} = 1}}, "z"]',
        f"x = ['''a'''', {{a{MANY} = 1}}, 'z']",
        f'x = "\\\\"\na{MANY} = 1 # "',
        f"x = 'a\\'\na{MANY} = 1 # '",
        f"# it's\na{MANY} = 1",
    ],
    ids=lambda text: text[:12],
)
def test_a_key_of_very_many_parts_is_refused_at_once(text: str):
    started = time.perf_counter()
    with pytest.raises(ExperimentError, match="more than 16 parts"):
        parse_toml(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("kind", ["x = 'a{}'", 'x = "a{}"', 'x = """a\n{}"""', "x = '''{}'''", "x = 1 # a{}", '"a{}" = 1'])
def test_dots_in_texts_and_comments_are_no_keys(kind: str):
    text = kind.format(".a" * 100)
    assert len(parse_toml(text)) == 1


def test_many_numbers_in_a_line_are_no_key():
    assert len(parse_toml(f"points = [{'[0.5, -1.5e3, 0],' * 1000}]")["points"]) == 1000


@pytest.mark.parametrize(
    "text", ["k = " + "1_1" * 300_000, "a" * 900_000, 'k = "' + "\\" * 900_000, "k = '''" * 100_000, "a " * 400_000]
)
def test_other_long_texts_take_no_time_either(text: str):
    started = time.perf_counter()
    with pytest.raises(NnlabError):
        parse_experiment(text)
    assert time.perf_counter() - started < 2


def test_a_value_of_set_is_looked_at_as_a_file_is():
    with pytest.raises(NnlabError):
        with_settings(Experiment(), [f"model.layers={{a{MANY} = 1}}"])
