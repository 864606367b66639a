"""The table of examples: a row for every file that is shipped, in one of the groups, with words that fit a card."""

import tomllib
from pathlib import Path

import pytest
from PIL import Image

from nnlab.experiments.examples import CLASSICS, EXAMPLES, FIRST_STEPS, GROUPS, Example, example_named, lacking
from nnlab.resources import resource

FILES = [example.file for example in EXAMPLES]
# A picture is a few kilobytes of the wheel.
MOST_BYTES = 15_000


@pytest.fixture(params=EXAMPLES, ids=FILES)
def example(request: pytest.FixtureRequest) -> Example:
    return request.param


def test_every_shipped_file_has_a_row_and_every_row_a_file():
    root = resource("examples")
    shipped = {path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.toml")}
    assert shipped == set(FILES) and len(FILES) == len(set(FILES))


def test_groups_stand_in_order_and_the_first_steps_begin_in_the_plane():
    places = [GROUPS.index(example.group) for example in EXAMPLES]
    assert places == sorted(places) and set(places) == set(range(len(GROUPS)))
    first = [example.file for example in EXAMPLES if example.group == FIRST_STEPS]
    assert first[:4] == ["xor", "circles", "moons", "spirals"]


def test_titles_are_short_and_their_own_and_sentences_are_sentences(example: Example):
    assert sum(other.title == example.title for other in EXAMPLES) == 1
    assert len(example.title) <= 34 and len(example.sentence) <= 110
    assert example.sentence.endswith((".", "?", "!")) or example.sentence.endswith(").")


def test_a_classic_asks_a_question_and_nothing_else_does(example: Example):
    assert (example.group == CLASSICS) == bool(example.question)
    assert not example.question or example.question.endswith("?")


def test_a_picture_is_small_in_bytes_and_of_the_size_that_cards_show(example: Example):
    assert 0 < example.picture.stat().st_size < MOST_BYTES, "python benchmarks/pictures.py makes it"
    with Image.open(example.picture) as picture:
        assert picture.size == (408, 228)


def test_every_picture_is_of_an_example():
    assert {path.name for path in resource("examples", "pictures").iterdir()} == {each.picture.name for each in EXAMPLES}


def test_what_is_to_be_trained_first_is_what_the_file_names(example: Example):
    table = tomllib.loads(example.path.read_text(encoding="utf-8"))
    encoder = table.get("dataset", {}).get("encoder", "")
    assert encoder == (f"{Path(example.after).name}.safetensors" if example.after else "")


def test_data_is_missing_where_no_folder_has_it(real_data: Path, tmp_path: Path):
    both = example_named("comparisons/mnist-against-fashion")
    assert [each.title for each in lacking(both, [tmp_path])] == ["MNIST", "Fashion-MNIST"]
    assert lacking(both, [real_data]) == () == lacking(example_named("digits-mlp"), [])
    assert [each.name for each in lacking(example_named("fashion-rbm"), [])] == ["fashion-mnist"]
