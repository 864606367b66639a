"""Every mistake in an experiment file is one sentence that names file, place and remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import ExperimentError
from nnlab.experiments.experiment import (
    Experiment,
    load_experiment,
)
from tests.sentences import assert_one_sentence

# Each with words that its sentence must hold.
MISTAKES = {
    "a syntax error": ("[training\nepochs = 3", ("not valid TOML", "line 1")),
    "a value left out": ("[training]\nepochs =\n", ("not valid TOML", "line 2")),
    "a key twice": ('name = "a"\nname = "b"', ("not valid TOML",)),
    "an unknown key": ("[training]\nepoch = 3", ("training.epoch", "did you mean 'epochs'")),
    "an unknown key of the data": (
        '[dataset]\nsource = { kind = "xor", noize = 0.1 }',
        ("dataset.source.noize", "did you mean 'noise'"),
    ),
    "an unknown key of the model": ("[model]\nlayer = []", ("model.layer", "did you mean 'layers'")),
    "an unknown section": ("[trainings]\nepochs = 3", ("trainings", "did you mean 'training'")),
    "a key nowhere near": ("[training]\nxyzzy = 3", ("training.xyzzy", "known are", "epochs")),
    "a wrong type": ('[training]\nepochs = "three"', ("training.epochs", "'three'", "whole number")),
    "a fraction for a count": ("[training]\nepochs = 2.5", ("training.epochs", "2.5", "whole number")),
    "a switch for a number": ("[training]\nlearning_rate = true", ("training.learning_rate", "a number")),
    "a number for a switch": ("[training]\nshuffle = 1", ("training.shuffle", "true or false")),
    "a number for a name": ("name = 3", ("name", "text")),
    "a list for a name": ('[dataset]\nname = ["digits"]', ("dataset.name: ", "text")),
    "a value too small": ("[training]\nepochs = 0", ("training.epochs", "0", "at least 1")),
    "a value too large": ("[dataset]\nvalidation = 0.95", ("dataset.validation", "0.95", "at most 0.9")),
    "a rate of zero": ("[training]\nlearning_rate = 0", ("training.learning_rate", "above 0")),
    "not a number": ("[training]\nlearning_rate = nan", ("training.learning_rate", "nan")),
    "infinity": ("[training]\nl2 = inf", ("training.l2", "inf")),
    "an unknown choice": ('[training]\noptimizer = "adm"', ("training.optimizer", "'adm'", "did you mean 'adam'")),
    "an unknown dataset": ('[dataset]\nname = "mnst"', ("dataset.name: ", "'mnst'", "did you mean 'mnist'")),
    "an unknown source": ('[dataset]\nsource = "mnst"', ("dataset.source: ", "'mnst'", "did you mean 'mnist'")),
    "an unknown model": ('[model]\nkind = "mlpp"', ("model.kind", "'mlpp'", "did you mean 'mlp'")),
    "an unknown loss": ('[model]\nloss = "cross"', ("model.loss", "'cross'", "did you mean 'cross_entropy'")),
    "an unknown layer": ('[model]\nlayers = ["relu", "dens"]', ("model.layers.1", "'dens'", "did you mean 'dense'")),
    "a layers wrong key": ('[model]\nlayers = [{ kind = "dense", unit = 3 }]', ("model.layers.0.unit (dense)", "'units'")),
    "a layers wrong value": (
        '[model]\nlayers = [{ kind = "dense", units = 0 }]',
        ("model.layers.0.units (dense)", "at least 1"),
    ),
    "an unknown breakpoint": (
        '[training]\nstop_when = ["not_finite", "los"]',
        ("training.stop_when.1", "'los'", "did you mean 'loss'"),
    ),
    "a breakpoints wrong key": (
        '[training]\nstop_when = [{ kind = "loss", below = 0.1 }]',
        ("training.stop_when.0.below", "unknown setting"),
    ),
    "a breakpoints wrong value": (
        '[training]\nstop_when = ["not_finite", { kind = "step", number = 0 }]',
        ("training.stop_when.1.number", "at least 1"),
    ),
    "a breakpoint without a kind": ("[training]\nstop_when = [{ number = 3 }]", ("training.stop_when.0.kind", "missing")),
    "a number for breakpoints": ("[training]\nstop_when = [3]", ("training.stop_when.0", "3", "text in quotes")),
    "too many breakpoints": (
        "[training]\nstop_when = [" + '"step", ' * 65 + "]",
        ("training.stop_when", "65 entries", "64 at most"),
    ),
    "layers that are no list": ('[model]\nlayers = "dense"', ("model.layers", "expected a list")),
    "a section that is a value": ("dataset = 3", ("dataset", "expected a table")),
    "a section that is a list": ("[[training]]\nepochs = 3", ("training", "expected a table")),
    "a later format": ("format = 3", ("format 3", "formats 1 and 2")),
    "a format in words": ('format = "one"', ("format 'one'", "formats 1 and 2")),
}


@pytest.mark.parametrize(("text", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence_naming_file_place_and_remedy(tmp_path: Path, text: str, words: tuple[str, ...]):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(ExperimentError) as caught:
        load_experiment(path)
    assert_one_sentence(caught.value, "wrong.toml", *words)
    assert caught.value.exit_status == 2


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ExperimentError) as caught:
        load_experiment(tmp_path / "absent.toml")
    assert_one_sentence(caught.value, str(tmp_path / "absent.toml"), "No such file")


def test_a_folder_is_not_an_experiment(tmp_path: Path):
    with pytest.raises(ExperimentError) as caught:
        load_experiment(tmp_path)
    assert_one_sentence(caught.value, str(tmp_path), "directory")


def test_a_picture_is_not_an_experiment(tmp_path: Path):
    path = tmp_path / "picture.toml"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    with pytest.raises(ExperimentError) as caught:
        load_experiment(path)
    assert_one_sentence(caught.value, "picture.toml", "not a text file")


def test_a_huge_file_is_not_read(tmp_path: Path):
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(ExperimentError) as caught:
        load_experiment(path)
    assert_one_sentence(caught.value, "huge.toml", "1 MiB")


TEXTS = st.one_of(
    st.binary(max_size=100),
    st.text(max_size=100).map(lambda text: text.encode()),
    st.text("[]=\"'{}.,\n #truefalsenaninf0123456789_-training.epochs", max_size=100).map(str.encode),
    st.builds(
        lambda section, key, value: f"[{section}]\n{key} = {value}".encode(),
        st.sampled_from(["dataset", "model", "training"]),
        st.sampled_from(["name", "samples", "noise", "layers", "loss", "epochs", "shuffle", "learning_rate"]),
        st.integers(-(2**40), 2**40) | st.floats() | st.sampled_from(["true", "'x'", "[]", "{}", "1979-05-27", "07:32:00"]),
    ),
)


@given(TEXTS)
def test_any_bytes_give_an_experiment_or_one_sentence(tmp_path: Path, content: bytes):
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    try:
        assert isinstance(load_experiment(path), Experiment)
    except ExperimentError as error:
        assert str(error).startswith("any.toml: ")
