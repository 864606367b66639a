"""An example that is given a person's own data takes the data's name; what a person has named keeps its name."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.datasets.files import FileSource
from nnlab.experiments.examples import EXAMPLES
from nnlab.experiments.experiment import Experiment, load_experiment
from nnlab.experiments.naming import with_own_data
from nnlab.resources import resource


def own(path: str) -> DatasetSettings:
    return DatasetSettings(FileSource(path=path))


@pytest.mark.parametrize("name", ["xor", "mnist-autoencoder"])
def test_an_example_is_called_by_the_file_and_by_the_next_one(name: str):
    first = with_own_data(load_experiment(resource("examples", f"{name}.toml")), own("/a/flowers of mine.csv"))
    assert first.name == "flowers of mine" and first.dataset == own("/a/flowers of mine.csv")
    assert with_own_data(first, own("/b/houses")).name == "houses"
    # How it is prepared is no other data.
    assert with_own_data(first, replace(first.dataset, scaling="standard")).name == "flowers of mine"


def test_a_name_of_a_persons_own_stays():
    assert with_own_data(Experiment("mine"), own("flowers.csv")).name == "mine"


def test_data_that_comes_with_nnlab_changes_no_name():
    assert with_own_data(Experiment("xor"), DatasetSettings("moons")).name == "xor"


def test_every_example_of_a_single_run_is_called_as_its_file():
    files = [Path(example.file).name for example in EXAMPLES if "/" not in example.file or "classics" in example.file]
    for path in resource("examples").glob("**/*.toml"):
        if path.stem in files:
            assert load_experiment(path).name == path.stem
