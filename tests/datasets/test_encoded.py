"""Data seen through a trained encoder: codes are the model's own, and files that cannot encode are refused in words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.digits import load_digits
from nnlab.datasets.encoded import seen_through
from nnlab.datasets.scaling import Scaling
from nnlab.errors import DatasetError, MissingEncoderError, NnlabError
from nnlab.experiments.assembly import assemble, load_data
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.experiments.saved_evaluation import evaluate_model
from nnlab.models import MLPSettings, ModelSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.targets import Classes
from nnlab.training import TrainingSettings
from tests.experiments.cases import with_metadata
from tests.sentences import assert_one_sentence

SHORT = TrainingSettings(optimizer="adam", learning_rate=0.01, batch_size=100, epochs=1)

# Every kind of encoder, the scaling it is trained with, and how many numbers its codes of a digit hold.
ENCODERS: dict[str, tuple[ModelSettings, str, int]] = {
    "autoencoder": (AutoencoderSettings((Dense(12), ReLU(), Code(), Dense(64), Sigmoid())), "unit", 12),
    "convolutional": (
        AutoencoderSettings((Conv2D(2, padding="same"), ReLU(), MaxPool2D(), Code(), Flatten(), Dense(64))),
        "symmetric",
        32,
    ),
    "tied": (AutoencoderSettings((Dense(9), Code(), Dense(64)), tied=True), "standard", 9),
    "rbm": (RBMSettings(hidden=15), "unit", 15),
    "deep belief": (DeepBeliefSettings((10, 6), pretrain_epochs=0), "unit", 6),
}

LATENT = Experiment(
    "latent",
    DatasetSettings(encoder="autoencoder.safetensors", scaling="standard"),
    LinearSVMSettings(),
    replace(SHORT, optimizer="sgd", learning_rate=0.05, epochs=15),
)


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one trained model of each kind, and one that does not encode."""
    folder = tmp_path_factory.mktemp("encoders")
    for name, (model, scaling, _) in ENCODERS.items():
        run_experiment(Experiment(name, DatasetSettings(scaling=scaling), model, SHORT), [], folder, 1)
    classifier = MLPSettings((Dense(10), Softmax()))
    run_experiment(Experiment("classifier", DatasetSettings(), classifier, replace(SHORT, steps=1)), [], folder, 1)
    plane = AutoencoderSettings((Dense(3), Code(), Dense(2)))
    run_experiment(Experiment("plane", DatasetSettings("moons"), plane, replace(SHORT, steps=1)), [], folder, 1)
    return folder


def file_of(name: str) -> str:
    return f"{name.replace(' ', '-')}.safetensors"


def counted(count: int) -> Examples:
    return Examples(np.arange(count * 6).reshape(count, 3, 2, 1).astype(np.uint8), np.arange(count, dtype=np.intp) % 2)


def test_every_example_is_scaled_encoded_and_flattened_in_its_place():
    dataset = Dataset("small", "Small", counted(2300), counted(40), Classes(("A", "B")), "a source", "a licence")
    scaling = Scaling(np.array([0.5], np.float32), np.array([-3], np.float32))
    seen = []

    def encode(inputs: np.ndarray) -> np.ndarray:
        seen.append(len(inputs))
        return (2 * inputs[:, :2]).astype(np.float64)

    encoded = seen_through(dataset, encode, scaling, "a model")
    for part, before in ((encoded.train, dataset.train), (encoded.test, dataset.test)):
        expected = 2 * (0.5 * before.inputs[:, :2].astype(np.float32) - 3)
        np.testing.assert_array_equal(part.inputs, expected.reshape(len(before), 4))
        assert part.inputs.dtype == np.float32
        np.testing.assert_array_equal(part.labels, before.labels)
    # Chunk by chunk: sixty thousand pictures at once would be held in floats.
    assert max(seen) <= 1000
    assert sum(seen) == 2340
    assert (encoded.title, encoded.example_shape) == ("Small through a model", (4,))
    assert (encoded.name, encoded.class_names, encoded.source, encoded.licence) == (
        "small",
        ("A", "B"),
        "a source",
        "a licence",
    )
    np.testing.assert_array_equal(dataset.train.inputs, counted(2300).inputs)


@pytest.mark.parametrize("name", ENCODERS)
def test_codes_are_those_of_the_saved_model_on_inputs_scaled_as_it_learned_them(name: str, encoders: Path):
    model_settings, _, numbers = ENCODERS[name]
    dataset = load_data(DatasetSettings(encoder=file_of(name)), [encoders])
    saved, digits = load_model(encoders / file_of(name)), load_digits()
    assert dataset.example_shape == (numbers,)
    assert not dataset.is_image
    for part, raw in ((dataset.train, digits.train), (dataset.test, digits.test)):
        inputs = saved.scaling.apply(raw.inputs, out=np.empty(raw.inputs.shape, np.float32))
        encode = saved.model.hidden_probabilities if model_settings.kind == "rbm" else saved.model.encode
        np.testing.assert_allclose(part.inputs, encode(inputs).reshape(len(raw), -1), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(part.labels, raw.labels)


@pytest.mark.parametrize("name", ENCODERS)
def test_any_model_can_be_trained_on_the_codes(name: str, encoders: Path, tmp_path: Path):
    dataset = DatasetSettings(encoder=file_of(name), scaling="standard")
    report = run_experiment(replace(LATENT, dataset=dataset), [encoders], tmp_path, 1)
    # Encoders that have hardly learned say something about the digit all the same.
    assert report["test_accuracy"] > 0.25
    found = evaluate_model(tmp_path / "latent.safetensors", [encoders], threads=1)
    assert found["test_accuracy"] == report["test_accuracy"]
    assert found["test_loss"] == pytest.approx(report["test_loss"])


def test_codes_are_scaled_by_the_settings_of_their_own_dataset(encoders: Path):
    run = assemble(LATENT, [encoders])
    codes, _ = run.data.learning.gather(run.data.split.train)
    alive = codes.std(axis=0) > 0
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(codes.std(axis=0)[alive], 1, rtol=1e-3)
    assert alive.any()


def test_an_rbm_can_be_trained_on_the_codes_of_an_rbm(encoders: Path):
    stacked = Experiment(
        "stacked", DatasetSettings(encoder="rbm.safetensors"), RBMSettings(hidden=5), replace(SHORT, steps=2)
    )
    run = assemble(stacked, [encoders])
    assert run.model.visible == 15
    assert all(np.isfinite(step.loss) for step in run)


def test_the_encoder_may_be_given_by_its_path(encoders: Path):
    path = str(encoders / "rbm.safetensors")
    assert load_data(DatasetSettings(encoder=path), []).example_shape == (15,)


def test_the_first_folder_that_holds_the_encoder_is_taken(encoders: Path, tmp_path: Path):
    (tmp_path / "rbm.safetensors").write_bytes((encoders / "autoencoder.safetensors").read_bytes())
    settings = DatasetSettings(encoder="rbm.safetensors")
    assert load_data(settings, [tmp_path, encoders]).example_shape == (12,)
    assert load_data(settings, [encoders, tmp_path]).example_shape == (15,)


def test_an_encoder_decides_which_arrays_are_loaded():
    plain, encoded = DatasetSettings(), DatasetSettings(encoder="a.safetensors")
    assert plain.arrays != encoded.arrays != DatasetSettings(encoder="b.safetensors").arrays
    assert DatasetSettings.from_table(encoded.to_table()) == encoded


def refused(settings: DatasetSettings, folders: list[Path], *words: str) -> None:
    with pytest.raises(NnlabError) as caught:
        load_data(settings, folders)
    assert_one_sentence(caught.value, *words)


def test_a_missing_encoder_is_told_with_where_it_was_looked_for(tmp_path: Path):
    settings = DatasetSettings(encoder="absent.safetensors")
    refused(settings, [tmp_path], "dataset.encoder", "absent.safetensors", str(tmp_path), "train an autoencoder")


def test_a_folder_is_no_encoder(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    refused(DatasetSettings(encoder="folder"), [tmp_path], "dataset.encoder", "folder", "not found")


@pytest.mark.parametrize("name", [".", "/", "./", "..", "../..", "models/", "~"])
def test_what_names_folders_alone_is_no_encoder(tmp_path: Path, name: str):
    refused(DatasetSettings(encoder=name), [tmp_path], "dataset.encoder", name.rstrip("/") or "/", "path")


def test_what_is_missing_is_known_by_the_name_that_was_given(tmp_path: Path):
    name = f"models/{'long' * 20}.safetensors"
    with pytest.raises(MissingEncoderError) as caught:
        load_data(DatasetSettings(encoder=name), [tmp_path])
    assert caught.value.name == name
    assert caught.value.title.startswith("longlong") and len(caught.value.title) <= 60


def test_a_name_that_no_file_can_have_is_not_found_either(tmp_path: Path):
    name = "x" * 300
    with pytest.raises(DatasetError, match=r"dataset\.encoder"):
        load_data(DatasetSettings(encoder=name), [tmp_path])


def test_a_model_that_does_not_encode_is_named_with_its_kind(encoders: Path):
    settings = DatasetSettings(encoder="classifier.safetensors")
    refused(settings, [encoders], "dataset.encoder", "classifier.safetensors", "kind mlp", "autoencoder", "rbm")


@pytest.mark.parametrize(
    ("dataset", "encoder", "words"),
    [("digits", "plane", ("encodes examples of 2,", "8 x 8 x 1")), ("moons", "autoencoder", ("of 8 x 8 x 1,", "has 2;"))],
)
def test_an_encoder_of_other_data_names_both_shapes(dataset: str, encoder: str, words: tuple[str, ...], encoders: Path):
    refused(DatasetSettings(dataset, encoder=file_of(encoder)), [encoders], "dataset.encoder", *words)


def test_a_damaged_encoder_is_named(encoders: Path, tmp_path: Path):
    (tmp_path / "cut.safetensors").write_bytes((encoders / "rbm.safetensors").read_bytes()[:-7])
    refused(DatasetSettings(encoder="cut.safetensors"), [tmp_path], "cut.safetensors")


def test_evaluating_without_the_encoder_says_what_is_missing(encoders: Path, tmp_path: Path):
    run_experiment(LATENT, [encoders], tmp_path, 1)
    with pytest.raises(DatasetError) as caught:
        evaluate_model(tmp_path / "latent.safetensors", [tmp_path], threads=1)
    assert_one_sentence(caught.value, "dataset.encoder", "autoencoder.safetensors", str(tmp_path))


def test_a_model_that_learned_from_other_codes_is_told_from_one_that_did_not(encoders: Path, tmp_path: Path):
    run_experiment(LATENT, [encoders], tmp_path, 1)
    latent, encoder = tmp_path / "latent.safetensors", tmp_path / "autoencoder.safetensors"
    model, scaling, _ = ENCODERS["autoencoder"]
    experiment = Experiment("autoencoder", DatasetSettings(scaling=scaling), model, SHORT)
    # Trained again to the same numbers it is the same encoder, though its file tells of other seconds.
    run_experiment(experiment, [], tmp_path, 1)
    assert encoder.read_bytes() != (encoders / encoder.name).read_bytes()
    assert evaluate_model(latent, [tmp_path], threads=1)["test_accuracy"] > 0.25
    run_experiment(replace(experiment, training=replace(SHORT, seed=1)), [], tmp_path, 1)
    with pytest.raises(DatasetError) as caught:
        evaluate_model(latent, [tmp_path], threads=1)
    assert_one_sentence(caught.value, "dataset.encoder", "autoencoder.safetensors", "has changed")
    saved = load_model(latent)
    with pytest.raises(DatasetError, match="has changed"):
        saved.continue_in(assemble(saved.experiment, [tmp_path]))
    saved.continue_in(assemble(saved.experiment, [encoders]))


def test_a_model_file_of_before_encoders_had_checksums_still_opens(encoders: Path, tmp_path: Path):
    run_experiment(LATENT, [encoders], tmp_path, 1)
    latent = tmp_path / "latent.safetensors"
    latent.write_bytes(with_metadata(latent.read_bytes(), encoder=None))
    run_experiment(
        Experiment("autoencoder", DatasetSettings(), ENCODERS["autoencoder"][0], replace(SHORT, seed=1)), [], tmp_path, 1
    )
    assert evaluate_model(latent, [tmp_path], threads=1)["examples"] > 0
