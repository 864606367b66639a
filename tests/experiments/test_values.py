"""Values instead of classes, from the experiment file to the predictions: trained, saved, gone on with, measured, told."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.files import FileSource
from nnlab.errors import ModelFileError, ShapeError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.gradient_checking import check_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model, save_model
from nnlab.experiments.prediction import predict_file
from nnlab.experiments.saved_evaluation import evaluate_model
from nnlab.models import MLPSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import Sigmoid, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.layers.sparsity import ActivityL1
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.losses import Huber, MeanSquaredError
from nnlab.models.metrics import score_of
from nnlab.models.network import Network
from nnlab.resources import resource
from nnlab.targets import Values
from nnlab.training import TrainingRun, TrainingSettings, evaluate, prepare_data
from nnlab.training.history import History
from tests.sentences import assert_one_sentence

SINE = load_experiment(resource("examples") / "sine.toml")
FEW = replace(SINE, training=replace(SINE.training, epochs=4))
TWO = Values(("length", "weight"))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return run_experiment(SINE, [], tmp_path_factory.mktemp("sine"), 1)


def linear_data(count: int = 300) -> Dataset:
    """Two values that are linear in three inputs but for some noise, in units far apart."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(2, 3, (count, 3)).astype(np.float32)
    weight = np.array([[1.0, 200], [-2, 3000], [0.5, -1000]])
    targets = inputs @ weight + [7, 1e5] + rng.normal(0, 1, (count, 2)) * [0.3, 300]
    examples = Examples(inputs, targets)
    return Dataset("linear", "Linear", examples, Examples(inputs[:50], targets[:50]), TWO)


def test_a_network_learns_the_sine(trained: dict[str, float]):
    assert trained["test_r2"] > 0.95 and trained["validation_r2"] > 0.95 and trained["train_r2"] > 0.95
    assert trained["test_rmse"] == pytest.approx(trained["test_mse"] ** 0.5)
    # Nothing is better than the noise, and learning came near it.
    assert 0.08 < trained["test_rmse"] < 0.13
    assert "test_accuracy" not in trained


@pytest.mark.parametrize("loss", ["mean_squared_error", "huber"])
@pytest.mark.parametrize("count", [300, 2500])
def test_the_score_of_a_step_is_r2_as_it_is_of_the_whole(loss: str, count: int):
    data = prepare_data(linear_data(count), DatasetSettings(validation=0.0, scaling="standard"))
    # What is charged for activity is in the loss, and in no score.
    layers = (Dense(4), Tanh(), ActivityL1(0.01), Dense(2))
    model = MLPSettings(layers, loss).build((3,), TWO)
    before = evaluate(model, data.learning, data.split.train, TWO).score
    run = TrainingRun(model, data, TrainingSettings(batching="full-batch", epochs=1))
    assert [step.score for step in run] == pytest.approx([before], rel=1e-4)


def test_the_scores_of_single_examples_have_a_mean_that_is_the_epochs():
    data = prepare_data(linear_data(), DatasetSettings(validation=0.0, scaling="standard"))
    model = MLPSettings((Dense(2),), "mean_squared_error").build((3,), TWO)
    settings = TrainingSettings(batching="single-sample", epochs=1, learning_rate=1e-12)
    before = evaluate(model, data.learning, data.split.train, TWO).score
    steps = list(TrainingRun(model, data, settings))
    assert np.mean([step.score for step in steps]) == pytest.approx(before, rel=1e-4)
    assert steps[-1].epoch_end.train_score == pytest.approx(before, rel=1e-4)


def test_errors_whose_squares_no_float_holds_have_no_score():
    work = Network((Dense(1),), (1,), Huber(), Values(("a",)))._workspace(1)[-1]
    outputs = np.array([[1e30]], np.float32)
    result = Huber().forward(outputs, np.zeros((1, 1), np.float32), work)
    with np.errstate(over="ignore"):
        assert np.isfinite(result.loss) and np.isnan(Huber().score_of_values(outputs, result, work))


def test_a_dense_layer_alone_finds_the_least_squares():
    dataset = linear_data()
    data = prepare_data(dataset, DatasetSettings(validation=0.0, scaling="standard"))
    model = MLPSettings((Dense(2),), "mean_squared_error").build((3,), TWO)
    settings = TrainingSettings(batching="full-batch", optimizer="momentum", learning_rate=0.3, epochs=400, keep="last")
    for _ in TrainingRun(model, data, settings):
        pass
    ones = np.hstack([dataset.train.inputs.astype(float), np.ones((300, 1))])
    solution, *_ = np.linalg.lstsq(ones, dataset.train.targets, rcond=None)
    inputs, _ = data.learning.gather(np.arange(300))
    told = data.learning.in_own_units(model.predict(inputs))
    np.testing.assert_allclose(told, ones @ solution, rtol=1e-4, atol=1e-4 * dataset.train.targets.std(axis=0).max())


def test_a_saved_model_measures_and_predicts_as_it_did(trained: dict[str, object], tmp_path: Path):
    path = Path(str(trained["model"]))
    report = evaluate_model(path, [], threads=1)
    assert {name: report[name] for name in ("test_r2", "test_mae", "test_mse", "test_rmse", "test_loss")} == {
        name: trained[name] for name in ("test_r2", "test_mae", "test_mse", "test_rmse", "test_loss")
    }
    saved = load_model(path)
    assert saved.targets == Values(("y",)) and saved.class_names == ()
    places = np.linspace(-3, 3, 40)
    (tmp_path / "x.csv").write_text("x\n" + "".join(f"{x:.6f}\n" for x in places))
    told = predict_file(path, tmp_path / "x.csv", tmp_path / "y.csv", [], 1)
    with (tmp_path / "y.csv").open() as file:
        header, *rows = csv.reader(file)
    assert header == ["Id", "y"] and [row[0] for row in rows] == [str(number) for number in range(1, 41)]
    np.testing.assert_allclose([float(row[1]) for row in rows], np.sin(places), atol=0.2)
    assert told["predicted_mean"]["y"] == pytest.approx(np.mean([float(row[1]) for row in rows]), rel=1e-5)


def test_a_run_goes_on_from_its_file_bit_for_bit(tmp_path: Path):
    straight, halved = assemble(FEW, []), assemble(FEW, [])
    steps = list(straight)
    for _ in range(len(steps) // 2):
        next(halved)
    save_model(tmp_path / "half.safetensors", halved, FEW, {}, History(score=score_of(TWO)))
    saved, again = load_model(tmp_path / "half.safetensors"), assemble(FEW, [])
    saved.continue_in(again)
    ends = [step for step in again if step.epoch_end]
    assert again.model.parameters.values.tobytes() == straight.model.parameters.values.tobytes()
    assert ends[-1].epoch_end.validation.score == steps[-1].epoch_end.validation.score
    assert again.best is not None and straight.best is not None
    assert again.best.validation.score == straight.best.validation.score


def test_the_gradient_of_values_is_that_of_differences():
    huber = replace(SINE, model=replace(SINE.model, loss="huber"))
    assert check_experiment(SINE, [])["passed"] and check_experiment(huber, [])["passed"]


def test_values_of_pictures_are_learned_by_a_convolutional_network():
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (200, 6, 6, 1)).astype(np.uint8)
    targets = np.stack([pictures.mean(axis=(1, 2, 3)), pictures[:, :3].mean(axis=(1, 2, 3))], axis=1)
    dataset = Dataset("bright", "Bright", Examples(pictures, targets), Examples(pictures[:9], targets[:9]), TWO)
    settings = CNNSettings((Conv2D(4), Tanh(), Flatten(), Dense(2)), "mean_squared_error")
    run = TrainingRun(
        settings.build((6, 6, 1), TWO),
        prepare_data(dataset, DatasetSettings(validation=0.2)),
        TrainingSettings(epochs=30, batch_size=20, optimizer="adam", learning_rate=0.01),
    )
    ends = [step.epoch_end for step in run if step.epoch_end]
    assert max(end.validation.score for end in ends) > 0.8


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (MLPSettings((Dense(1), Softmax())), ("cross_entropy", "1 value", "mean_squared_error or huber")),
        (MLPSettings((Dense(1), Sigmoid()), "binary_cross_entropy"), ("binary_cross_entropy", "mean_squared_error")),
        (MLPSettings((Dense(1), Sigmoid()), "mean_squared_error"), ("'sigmoid'", "between 0 and 1", "take it out")),
        (MLPSettings((Dense(3),), "mean_squared_error"), ("3 outputs", "1 value", "1 unit")),
        (LinearSVMSettings(), ("linear_svm", "1 value", "mlp")),
    ],
    ids=str,
)
def test_what_does_not_fit_values_is_told_in_a_sentence(model, words: tuple[str, ...]):
    with pytest.raises(ShapeError) as caught:
        assemble(replace(SINE, model=model), [])
    assert_one_sentence(caught.value, *words)


def test_models_without_targets_learn_from_data_with_values(tmp_path: Path):
    model = AutoencoderSettings((Dense(3), Tanh(), Code(), Dense(1)))
    report = run_experiment(replace(FEW, name="codes", model=model), [], tmp_path, 1)
    assert report["test_loss"] is not None and "test_mae" not in {k for k, v in report.items() if v is not None}
    assert "test_mse" in evaluate_model(Path(str(report["model"])), [], threads=1)


def test_a_model_of_classes_can_be_fitted_to_values_and_has_their_outputs():
    fitted = MLPSettings().with_fitting_outputs((3,), TWO)
    fitted.check((3,), TWO)
    assert fitted.loss == MeanSquaredError() and fitted.layers[-1] == Dense(2)
    kept = MLPSettings((Dense(2),), "huber")
    assert kept.with_fitting_outputs((3,), TWO) == kept


def rewritten(source: Path, target: Path, change) -> Path:
    """The same file with other tensors or metadata."""
    with safe_open(source, "numpy") as file:
        metadata, tensors = dict(file.metadata()), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(tensors, metadata)
    save_file(tensors, target, metadata)
    return target


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda tensors, metadata: tensors.pop("scaling.values"), "scaling.values"),
        (lambda tensors, metadata: tensors.update({"scaling.values": np.array([[0.0], [0.0]])}), "scaling"),
        (lambda tensors, metadata: tensors.update({"scaling.values": np.array([[np.nan], [1.0]])}), "scaling"),
        (lambda tensors, metadata: tensors.update({"scaling.values": np.ones((2, 2))}), "scaling"),
        (lambda tensors, metadata: metadata.update(values='{"names": [], "units": []}'), "values"),
        (lambda tensors, metadata: metadata.update(values='{"names": ["a", "b"], "units": []}'), "output"),
        (lambda tensors, metadata: metadata.update(values="[1]"), "damaged"),
    ],
)
def test_a_damaged_description_of_values_is_told_in_a_sentence(
    trained: dict[str, object], tmp_path: Path, change, word: str
):
    path = rewritten(Path(str(trained["model"])), tmp_path / "damaged.safetensors", change)
    with pytest.raises(ModelFileError) as caught:
        load_model(path)
    assert_one_sentence(caught.value, word)


def test_a_model_of_values_is_not_measured_on_classes(trained: dict[str, object]):
    with pytest.raises(ModelFileError) as caught:
        evaluate_model(Path(str(trained["model"])), [], "xor", 1)
    assert_one_sentence(caught.value, "1 value", "2 classes")


def table(path: Path, count: int, seed: int, with_price: bool = True) -> Path:
    """Houses whose price follows from their area and age."""
    rng = np.random.default_rng(seed)
    area, age = rng.uniform(20, 200, count), rng.integers(0, 90, count)
    price = 3000 * area - 1500 * age + rng.normal(0, 5000, count)
    rows = [f"{a:.1f},{b}" + (f",{c:.2f}" if with_price else "") for a, b, c in zip(area, age, price, strict=True)]
    path.write_text("\n".join(["area,age" + (",price" if with_price else ""), *rows]) + "\n")
    return path


def test_the_price_in_a_table_is_learned_measured_elsewhere_and_told(tmp_path: Path):
    settings = DatasetSettings(
        {"kind": "file", "path": str(table(tmp_path / "a.csv", 300, 0)), "label": "price"}, scaling="standard"
    )
    experiment = replace(SINE, name="houses", dataset=settings, training=replace(SINE.training, epochs=30))
    report = run_experiment(experiment, [], tmp_path, 1)
    assert report["test_r2"] > 0.98
    # In the data's own units: hundreds of thousands.
    assert 3000 < report["test_rmse"] < 30_000
    model = Path(str(report["model"]))
    assert evaluate_model(model, [], None, 1)["test_mae"] == report["test_mae"]
    assert evaluate_model(model, [], str(table(tmp_path / "b.csv", 90, 1)), 1)["test_r2"] > 0.98
    for number, has_price in enumerate((True, False)):
        inputs = table(tmp_path / f"c{number}.csv", 50, 2, has_price)
        told = predict_file(model, inputs, tmp_path / f"told{number}.csv", [], 1)
        assert told["examples"] == 50
    one, other = ((tmp_path / f"told{number}.csv").read_text() for number in (0, 1))
    assert one == other and one.startswith("Id,price\n1,")


def test_predictions_far_from_zero_are_written_with_the_digits_in_which_they_differ(tmp_path: Path):
    rows = [f"{x},{1_700_000_000 + 20 * x}" for x in np.linspace(-1, 1, 80).round(4).tolist()]
    (tmp_path / "a.csv").write_text("\n".join(["x,second", *rows]) + "\n")
    settings = DatasetSettings(FileSource(path=str(tmp_path / "a.csv"), label="second", target="values"))
    experiment = replace(SINE, dataset=settings, training=replace(SINE.training, epochs=60))
    report = run_experiment(experiment, [], tmp_path, 1)
    predict_file(Path(str(report["model"])), tmp_path / "a.csv", tmp_path / "told.csv", [], 1)
    lines = (tmp_path / "told.csv").read_text().splitlines()[1:]
    told, true = (np.array([line.split(",")[1] for line in each], float) for each in (lines, rows))
    assert len(set(told)) == len(told)
    assert np.abs(told - true).mean() == pytest.approx(report["train_mae"], rel=0.5)
