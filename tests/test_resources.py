"""Shipped files are found, in a checkout as in an installed wheel."""

from pathlib import Path

import pytest

import nnlab.resources
from nnlab.errors import NnlabError
from nnlab.resources import example_files, resource
from tests.sentences import assert_one_sentence

EXAMPLES = ["digits-mlp", "fashion-mlp", "mnist-mlp", "xor"]


def test_the_examples_come_in_the_order_of_their_names():
    found = [path.stem for path in example_files()]
    assert found == sorted(found)
    assert set(EXAMPLES) <= set(found)


def test_a_resource_is_found_by_its_parts():
    assert resource("examples", "xor.toml").is_file()
    assert resource("examples").is_dir()


@pytest.mark.parametrize("layout", ["installed", "checkout"])
def test_resources_lie_in_the_package_or_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str):
    package = tmp_path / "nnlab"
    root = package if layout == "installed" else tmp_path
    (root / "resources" / "examples").mkdir(parents=True)
    (root / "resources" / "examples" / "own.toml").touch()
    monkeypatch.setattr(nnlab.resources, "_PACKAGE", package)
    assert example_files() == [root / "resources" / "examples" / "own.toml"]


def test_a_missing_resource_is_one_sentence():
    with pytest.raises(NnlabError) as caught:
        resource("examples", "absent.toml")
    assert_one_sentence(caught.value, "examples/absent.toml", "install nnlab again")
