"""nnlab gradcheck: every kind of layer, loss and model passes, and a wrong gradient is caught and located."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli import main
from nnlab.datasets import DatasetSettings
from nnlab.experiments.experiment import Experiment, save_experiment
from nnlab.models import MODELS, MLPSettings, ModelSettings
from nnlab.models.arrays import Array
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.fused import FusedConvPool
from nnlab.models.layers import LAYERS, Layer, Workspace
from nnlab.models.layers.activations import ELU, LeakyReLU, ReLU, Sigmoid, Softmax, Softplus, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.gelu import GELU
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.plane_features import PlaneFeatures
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.layers.upsample2d import UpSample2D
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.losses import CrossEntropy, Huber
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.resources import resource
from tests.sentences import assert_one_sentence
from tests.targets import numbered

END = (Dense(10), Softmax())
FUSED = CNNSettings((Conv2D(4), ReLU(), MaxPool2D(), Flatten(), *END))

# On the digits: pictures of 8x8x1 in ten classes.
CASES: dict[str, ModelSettings] = {
    "mlp": MLPSettings((Dense(8), Tanh(), *END)),
    "mlp, label smoothing": MLPSettings((Dense(8), ReLU(), *END), CrossEntropy(0.2)),
    "mlp, other activations": MLPSettings(
        (Dense(6), LeakyReLU(), Dense(6), ELU(), Dense(6), GELU(), Dense(6), Softplus(), *END)
    ),
    "mlp, squared error": MLPSettings((Dense(8), Sigmoid(), Dense(10), Sigmoid()), "mean_squared_error"),
    "mlp, binary cross-entropy": MLPSettings((Dense(8), Sigmoid(), Dense(10), Sigmoid()), "binary_cross_entropy"),
    "mlp, huber": MLPSettings((Dense(8), Tanh(), Dense(10)), Huber(0.3)),
    "mlp, hinge": MLPSettings((Dense(8), Tanh(), Dense(10)), "hinge"),
    "mlp, dropout": MLPSettings((Dropout(0.2), Dense(8), Tanh(), Dropout(0.5), *END)),
    "mlp, noise": MLPSettings((GaussianNoise(0.3), MaskingNoise(0.3), Dense(8), Tanh(), *END)),
    "mlp, batch norm": MLPSettings((Dense(8), BatchNorm(), Tanh(), *END)),
    "mlp, residual": MLPSettings(
        (Dense(8), Residual((Dense(8), Tanh(), BatchNorm(), Dropout(0.2))), Parallel(((Dense(3), Tanh()), ())), *END)
    ),
    "mlp, plane features": MLPSettings((Dense(2), Tanh(), PlaneFeatures(*(True,) * 7), *END)),
    "cnn, residual": CNNSettings(
        (Conv2D(3), Residual((Conv2D(3, padding="same"), Tanh())), Parallel(((Conv2D(2, kernel=1),), ())), Flatten(), *END)
    ),
    "cnn, fused": FUSED,
    "cnn, fused in branches": CNNSettings(
        (Parallel(((Conv2D(3), ReLU(), MaxPool2D()), (Conv2D(2), ReLU(), MaxPool2D()))), Flatten(), *END)
    ),
    "cnn, two fused blocks": CNNSettings(
        (Conv2D(3, padding="same"), ReLU(), MaxPool2D(), Conv2D(4, kernel=2), ReLU(), MaxPool2D(), Flatten(), *END)
    ),
    "cnn, strides and averages": CNNSettings(
        (Conv2D(3, stride=2, padding="1"), BatchNorm(), ELU(), AveragePool2D(), Conv2D(4, kernel=1), Flatten(), *END)
    ),
    "cnn, overlapping maxima": CNNSettings((Conv2D(3, kernel=4), Tanh(), MaxPool2D(3, 1), Dropout(), Flatten(), *END)),
    "autoencoder, sparse": AutoencoderSettings((Dense(6), Sigmoid(), KLSparsity(0.05, 0.5), Code(), Dense(64), Sigmoid())),
    "autoencoder, activity l1": AutoencoderSettings((Dense(6), Sigmoid(), ActivityL1(0.1), Code(), Dense(64), Sigmoid())),
    "autoencoder, denoising": AutoencoderSettings(
        (MaskingNoise(), Dense(6), Tanh(), Code(), Dense(64), Sigmoid()), "binary_cross_entropy"
    ),
    "autoencoder, tied": AutoencoderSettings((Dense(6), Tanh(), Code(), Dense(64), Sigmoid()), tied=True),
    "autoencoder, convolutional": AutoencoderSettings(
        (Conv2D(3, padding="same"), Tanh(), MaxPool2D(), Code(), UpSample2D(), Conv2D(1, padding="same"), Sigmoid())
    ),
    "autoencoder, reshaped": AutoencoderSettings(
        (
            Conv2D(2, stride=3),
            Flatten(),
            Dense(4),
            Code(),
            Dense(16),
            Reshape((4, 4, 1)),
            UpSample2D(),
            Conv2D(1, padding="same"),
        )
    ),
    "rbm": RBMSettings(hidden=6),
    "rbm, gaussian": RBMSettings(hidden=6, visible_units="gaussian"),
    "rbm, persistent": RBMSettings(hidden=6, persistent=True, chains=5),
    "deep belief": DeepBeliefSettings((6, 3)),
    "linear svm": LinearSVMSettings(),
    "linear svm, crammer and singer": LinearSVMSettings("hinge"),
}

# Layers that stand in none of these, behind a dense one.
_STANDING = {layer.kind for case in CASES.values() for layer in getattr(case, "layers", ())}
CASES |= {
    f"mlp, {kind}": MLPSettings((Dense(8), LAYERS[kind](), *END))
    for kind in MLPSettings.layer_kinds
    if kind not in _STANDING
}
# Kinds of models of which none of these is, as they come.
CASES |= {kind: MODELS[kind]() for kind in MODELS if kind not in {case.kind for case in CASES.values()}}

KEYS = {"experiment", "parameters", "checked", "worst", "worst_parameter", "tensors", "tolerance", "passed"}

Check = Callable[..., tuple[int, dict]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture) -> Check:
    """Runs the command; exit status and report."""

    def run(path: Path, *words: str) -> tuple[int, dict]:
        capsys.readouterr()
        status = main(["gradcheck", str(path), "--json", "--threads", "1", *words])
        out, err = capsys.readouterr()
        assert err == ""
        return status, json.loads(out)

    return run


def written(folder: Path, model: ModelSettings) -> Path:
    """An experiment file with this model on the digits."""
    path = folder / "checked.toml"
    save_experiment(Experiment("checked", DatasetSettings(), model), path)
    return path


def assert_passed(status: int, report: dict) -> None:
    assert set(report) == KEYS
    assert report["passed"], report["worst_parameter"]
    assert status == 0
    assert 0 < report["worst"] < report["tolerance"] == 1e-4
    assert report["worst"] == max(report["tensors"].values())
    assert report["checked"] == min(report["parameters"], 2000)


@pytest.mark.parametrize("name", ["xor", "digits-mlp", "digits-residual"])
def test_examples_that_need_no_files_pass(check: Check, name: str):
    status, report = check(resource("examples", f"{name}.toml"))
    assert_passed(status, report)
    assert report["experiment"] == name


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_gradient_passes(check: Check, tmp_path: Path, name: str):
    status, report = check(written(tmp_path, CASES[name]))
    assert_passed(status, report)
    assert report["parameters"] == CASES[name].parameter_count((8, 8, 1), numbered(10))


def test_every_layer_loss_and_model_is_among_them():
    from nnlab.models import MODELS
    from nnlab.models.losses import LOSSES

    layers = {layer.kind for case in CASES.values() for layer in getattr(case, "layers", ())}
    assert layers == set(LAYERS)
    assert {getattr(getattr(case, "loss", None), "kind", "cross_entropy") for case in CASES.values()} == set(LOSSES)
    assert {case.kind for case in CASES.values()} == set(MODELS)


def test_settings_given_on_the_command_line_are_checked(check: Check):
    status, report = check(resource("examples", "xor.toml"), "--set", "model.loss=huber", "--set", "name=other")
    assert_passed(status, report)
    assert report["experiment"] == "other"


def test_for_people_the_report_is_text(capsys: pytest.CaptureFixture):
    assert main(["gradcheck", str(resource("examples", "xor.toml"))]) == 0
    out = capsys.readouterr().out
    assert "dense1.weight" in out
    assert "passed" in out


def with_flipped_sign(kind: type[Layer], layer: str, tensor: str, position: tuple[int, ...]) -> Callable:
    """The kind's backward rule with the sign of one number of one layer's gradient flipped."""
    right = kind.backward

    def backward(self: Layer, dy: Array, work: Workspace) -> Array:
        dx = right(self, dy, work)
        if work.name == layer:
            work.gradients[tensor][position] *= -1
        return dx

    return backward


@pytest.mark.parametrize(
    ("case", "kind", "layer", "tensor", "position"),
    [
        ("mlp", Dense, "dense1", "weight", (20, 3)),
        ("mlp", Dense, "dense2", "bias", (7,)),
        ("cnn, fused", FusedConvPool, "conv2d1", "weight", (1, 2, 0, 3)),
        ("cnn, fused in branches", FusedConvPool, "parallel1.branch2.conv2d1", "weight", (2, 0, 0, 1)),
        ("cnn, two fused blocks", FusedConvPool, "conv2d2", "weight", (0, 1, 1, 2)),
        ("cnn, overlapping maxima", Conv2D, "conv2d1", "weight", (3, 0, 0, 1)),
        ("mlp, batch norm", BatchNorm, "batch_norm1", "scale", (5,)),
        ("mlp, dropout", Dense, "dense1", "weight", (28, 0)),
        ("autoencoder, sparse", Dense, "dense1", "weight", (36, 4)),
        ("linear svm", Dense, "dense1", "weight", (30, 9)),
    ],
)
def test_one_wrong_number_is_caught_and_located(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, kind, layer: str, tensor: str, position
):
    monkeypatch.setattr(kind, "backward", with_flipped_sign(kind, layer, tensor, position))
    status, report = check(written(tmp_path, CASES[case]))
    assert status == 1
    assert not report["passed"]
    assert report["worst_parameter"] == f"{layer}.{tensor}[{', '.join(map(str, position))}]"
    assert report["worst"] == pytest.approx(2, rel=1e-3)
    others = {name: error for name, error in report["tensors"].items() if name != f"{layer}.{tensor}"}
    assert max(others.values()) < report["tolerance"]


def test_a_wrong_number_of_the_free_energy_is_caught_and_located(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    right = RBM.free_energy_gradient

    def wrong(self: RBM, v: Array) -> Array:
        gradient = right(self, v)
        gradient[self.parameters.slices["rbm.weight"]].reshape(64, 6)[20, 2] *= -1
        return gradient

    monkeypatch.setattr(RBM, "free_energy_gradient", wrong)
    status, report = check(written(tmp_path, CASES["rbm"]))
    assert status == 1
    assert report["worst_parameter"] == "rbm.weight[20, 2]"


def test_a_gradient_handed_on_wrongly_is_caught_in_the_layers_below(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    right = Tanh.backward
    monkeypatch.setattr(Tanh, "backward", lambda self, dy, work: np.multiply(right(self, dy, work), 1.01))
    status, report = check(written(tmp_path, CASES["mlp"]))
    assert status == 1
    assert report["worst_parameter"].startswith("dense1.")
    assert report["tensors"]["dense2.weight"] < report["tolerance"]


def test_the_gradient_of_a_charge_that_is_left_out_is_caught(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(KLSparsity, "backward", lambda self, dy, work: dy)
    status, report = check(written(tmp_path, CASES["autoencoder, sparse"]))
    assert status == 1
    assert report["worst_parameter"].startswith("dense1.")


@pytest.mark.parametrize(
    ("example", "settings", "words"),
    [
        ("xor", ["model.kind=cnn"], ("XOR (2)", "needs pictures", "mlp")),
        (
            "digits-mlp",
            ['model.layers=[{ kind = "conv2d" }, "flatten", { kind = "dense", units = 10 }, "softmax"]'],
            ("layer 1 (conv2d)", "kind mlp", "kind cnn"),
        ),
        (
            "digits-mlp",
            [
                "model.kind=cnn",
                'model.layers=[{ kind = "conv2d", kernel = 9 }, "flatten", { kind = "dense", units = 10 }, "softmax"]',
            ],
            ("layer 1 (conv2d1)", "kernel 9", "8 x 8", "same"),
        ),
        (
            "digits-mlp",
            ["model.loss=binary_cross_entropy"],
            ("binary_cross_entropy", "'softmax'", "'sigmoid'", "cross_entropy"),
        ),
        ("digits-mlp", ['model.layers=[{ kind = "dense", units = 9 }, "softmax"]'], ("9 outputs", "10 classes", "10 units")),
        ("digits-mlp", ["dataset.encoder=absent.safetensors"], ("dataset.encoder", "absent.safetensors")),
    ],
    ids=str,
)
def test_what_cannot_be_built_is_one_sentence_and_exit_status_two(
    capsys: pytest.CaptureFixture, example: str, settings: list[str], words: tuple[str, ...]
):
    assignments = [word for setting in settings for word in ("--set", setting)]
    assert main(["gradcheck", str(resource("examples", f"{example}.toml")), "--json", *assignments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_sentence(ValueError(err.removesuffix("\n")), *words)
