"""Whatever an experiment chooses besides its layers, its NumPy script does, bit for bit: one row of settings each."""

import re
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DATASETS
from nnlab.errors import DivergedError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.headless_training import run_experiment
from nnlab.models import MODELS
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.regularizers import PENALTIES
from nnlab.models.schedules import SCHEDULES
from nnlab.resources import resource
from tests.experiments.exports.scripts.trained_alike import (
    check_is_well_written,
    check_trains_alike,
    module_of,
    script_of,
)

DIGITS = ("dataset.source=digits", "dataset.examples=150", "training.batch_size=20")
TEN = (*DIGITS, "model.layers.2.units=10")
RBM = (*DIGITS, "model.kind=rbm", "model.hidden=12", "training.learning_rate=0.05")
STACK = (*DIGITS, "model.kind=deep_belief", "model.hidden=[9, 5]", "model.pretrain_epochs=1", "training.epochs=5")
SINE = ("dataset.source=sine", 'model.layers=["tanh", {kind="dense", units=1}]', "model.loss=mean_squared_error")
CODER = (
    *DIGITS,
    "model.kind=autoencoder",
    'model.layers=[{kind="dense", units=40}, "relu", {kind="dense", units=7}, "code", {kind="dense", units=40}, "tanh", '
    '{kind="dense", units=64}, "sigmoid"]',
)
SCORES = ('model.layers=[{kind="dense", units=6}, "tanh", {kind="dense", units=2}]',)
ONE = 'model.layers=[{kind="dense", units=6}, "relu", {kind="dense", units=1}%s]'
CASES: dict[str, dict[str, tuple[str, ...]]] = {
    "optimizer": {
        "sgd": (),
        "momentum": ("training.optimizer.momentum=0.7",),
        "nesterov": ("training.optimizer.momentum=0.7",),
        "rmsprop": ("training.optimizer.smoothing=0.9", "training.learning_rate=0.01"),
        "adagrad": ("training.optimizer.epsilon=1e-4",),
        "adam": ("training.optimizer.beta1=0.8", "training.learning_rate=0.01"),
        "adamw": ("training.optimizer.weight_decay=0.3", "training.learning_rate=0.01"),
    },
    "schedule": {
        "constant": (),
        "step": ("training.schedule.every=1", "training.schedule.decay=0.7"),
        "exponential": ("training.schedule.decay=0.7",),
        "cosine": (),
        "plateau": ("training.schedule.every=1", "training.learning_rate=3", "training.epochs=8"),
    },
    "penalty": {
        "none": (),
        "l2": ("training.penalty.l2=0.01",),
        "l1": ("training.penalty.l1=0.002",),
        "elastic_net": ("training.penalty.l1=0.001", "training.penalty.l2=0.02"),
    },
}
LOSS_CASES = {
    "cross_entropy": ("model.loss.label_smoothing=0.2",),
    "mean_squared_error": (),
    "mean_squared_error of one output": ("model.loss=mean_squared_error", ONE % ', "sigmoid"'),
    "binary_cross_entropy": ('model.layers=[{kind="dense", units=2}, "sigmoid"]',),
    "binary_cross_entropy of one output": ("model.loss=binary_cross_entropy", ONE % ', "sigmoid"'),
    "huber": (*SCORES, "model.loss.delta=0.3"),
    "hinge": SCORES,
    "one_vs_rest_hinge": SCORES,
}
OTHERS = {
    "warm-up": ("training.warmup=1.5", "training.schedule=cosine"),
    "clipping": ("training.clip_norm=0.05",),
    "keep the last": ("training.keep=last",),
    "early stopping": ("training.patience=1", "training.learning_rate=2", "training.epochs=20"),
    "early stopping, the last kept": ("training.patience=2", "training.keep=last", "training.learning_rate=2"),
    "a step limit within an epoch": ("training.steps=30",),
    "a step limit at the end of an epoch": ("training.steps=38",),
    "a step limit before the first": ("training.steps=7",),
    "single samples": ("training.batching=single-sample", "training.epochs=1"),
    "not shuffled": ("training.shuffle=false",),
    "full batch": ("training.batching=full-batch",),
    "a batch in parts": (
        "dataset.source.samples=3000",
        "training.batching=full-batch",
        "model.layers.1.kind=gaussian_noise",
    ),
    "another seed": ("training.seed=7", "dataset.seed=9"),
    "nothing held back": ("dataset.validation=0",),
    "label noise": ("dataset.label_noise=0.2",),
    "two classes of three": ("dataset.source=gaussians", "dataset.classes=C, A"),
    "few examples": ("dataset.examples=41",),
    "noise on points": ("dataset.jitter=0.1",),
    "symmetric": ("dataset.scaling=symmetric",),
    "standard": ("dataset.scaling=standard",),
    "unscaled": ("dataset.scaling=none",),
    "bytes, symmetric": (*TEN, "dataset.scaling=symmetric"),
    "bytes, standard": (*TEN, "dataset.scaling=standard"),
    "bytes, unscaled": (*TEN, "dataset.scaling=none"),
    "rows of bytes": (*TEN, "dataset.layout=flat", "dataset.scaling=standard"),
    "three digits": (*DIGITS, "dataset.classes=1,7,9", "model.layers.2.units=3"),
    "mirrored": (*TEN, "dataset.flip_horizontal=true", "dataset.flip_vertical=true"),
    "moved": (*TEN, "dataset.shift=2", "dataset.scaling=symmetric"),
    "turned": (*TEN, "dataset.rotation=30", "dataset.shift=1", "dataset.jitter=0.05", "dataset.scaling=standard"),
    "zeros": ("model.layers.0.initializer=zeros",),
    "normal": ("model.layers.0.initializer=normal", "model.layers.0.scale=0.3"),
    "values": SINE,
    "values, huber": (*SINE, "model.loss=huber", "training.patience=2"),
    "values, few": (*SINE, "dataset.examples=100", "dataset.validation=0.5"),
    "coder": CODER,
    "coder, tied": (*CODER, "model.tied=true", "training.penalty=l2"),
    "coder, cross-entropy": (*CODER, "model.loss=binary_cross_entropy", "dataset.shift=1"),
    "linear svm": (*DIGITS, "model.kind=linear_svm"),
    "linear svm, Crammer-Singer": (*DIGITS, "model.kind=linear_svm", "model.loss=hinge", "training.l2=0.01"),
    "rbm": RBM,
    "rbm of three steps": (*RBM, "model.cd_steps=3", "model.sparsity_cost=0.3"),
    "rbm by probabilities": (*RBM, "model.visible_states=probabilities"),
    "rbm, persistent": (*RBM, "model.persistent=true", "model.chains=13", "model.cd_steps=2"),
    "rbm, gaussian": (*RBM, "model.visible_units=gaussian", "dataset.scaling=standard", "training.learning_rate=0.001"),
    "rbm, gaussian means": (
        *(*RBM, "model.visible_units=gaussian", "model.visible_states=probabilities", "dataset.scaling=standard"),
        *("training.learning_rate=0.001", "model.persistent=true", "dataset.jitter=0.1"),
    ),
    "stack": STACK,
    "stack with a penalty": (*STACK, "training.optimizer=adamw", "training.learning_rate=0.01", "training.penalty=l1"),
    "stack, clipped": (*STACK, "training.clip_norm=0.1", "training.schedule=plateau", "training.schedule.every=1"),
    "stack, patient": (*STACK, "training.patience=1", "training.learning_rate=1"),
    "stack that ends with a machine": (*STACK, "training.epochs=2", "training.l2=0.1"),
    "stack whose steps end with a machine's": (*STACK, "training.batching=full-batch", "training.steps=1"),
    "stack that is not pretrained": (*STACK, "model.pretrain_epochs=0", "model.loss=mean_squared_error"),
}


def check(tmp_path: Path, *assignments: str) -> str:
    experiment = with_settings(load_experiment(resource("examples", "xor.toml")), ["training.epochs=3", *assignments])
    check_trains_alike(experiment, tmp_path)
    check_is_well_written(tmp_path / "script.py")
    return (tmp_path / "script.py").read_text()


@pytest.mark.parametrize(("choice", "kind"), [(choice, kind) for choice, kinds in CASES.items() for kind in kinds])
def test_every_kind_that_can_be_chosen_trains_alike(choice: str, kind: str, tmp_path: Path):
    check(tmp_path, f"training.{choice}={kind}", *CASES[choice][kind])


def test_there_is_a_case_for_every_kind():
    assert CASES["optimizer"].keys() == OPTIMIZERS.keys()
    assert CASES["schedule"].keys() == SCHEDULES.keys()
    assert CASES["penalty"].keys() == PENALTIES.keys()
    assert {name.partition(" ")[0] for name in LOSS_CASES} == LOSSES.keys()
    used = " ".join(word for words in OTHERS.values() for word in words)
    assert all(f"model.kind={kind}" in used for kind in MODELS if kind not in ("mlp", "cnn"))


@pytest.mark.parametrize("loss", LOSS_CASES)
def test_every_loss_trains_alike(loss: str, tmp_path: Path):
    kind = loss.partition(" ")[0]
    choice = (f"model.loss={kind}", *LOSS_CASES[loss])
    check(tmp_path, *(choice if kind != "huber" else (*SCORES, *choice)))


@pytest.mark.parametrize("case", OTHERS)
def test_every_other_setting_trains_alike(case: str, tmp_path: Path):
    check(tmp_path, *OTHERS[case])


@pytest.mark.parametrize("toy", [name for name in DATASETS if name in ("circles", "moons", "spirals")])
def test_points_fall_where_they_fall_in_nnlab(toy: str, tmp_path: Path):
    check(tmp_path, f"dataset.source={toy}", "dataset.source.noise=0.05", "dataset.seed=4")


def test_points_of_a_persons_own_lie_beside_the_script(tmp_path: Path):
    points = [[x / 7, (x * x % 11) / 11, x % 3] for x in range(30)]
    text = check(tmp_path, f"dataset.source={{kind='drawn', points={points}}}", "model.layers.2.units=3")
    assert "It reads its examples from script.npz, which belongs beside it." in " ".join(text.split())


def test_a_table_of_numbers_lies_beside_the_script(tmp_path: Path):
    rng = np.random.default_rng(0)
    # Seconds since 1970, which float32 cannot tell apart, and a column that never varies.
    rows = np.column_stack([1.7e9 + rng.normal(0, 5, 60), np.ones(60), rng.normal(size=60), rng.integers(0, 2, 60)])
    np.savetxt(tmp_path / "table.csv", rows, delimiter=",", header="when,one,height,label", comments="", fmt="%.6f")
    check(tmp_path, f"dataset.source={{kind='file', path='{tmp_path / 'table.csv'}'}}", "dataset.scaling=standard")


def test_data_seen_through_an_encoder_lies_beside_the_script(tmp_path: Path):
    base = load_experiment(resource("examples", "xor.toml"))
    coder = with_settings(base, ["name=coder", "training.epochs=1", *CODER])
    run_experiment(coder, (), tmp_path, 1)
    check(tmp_path, *TEN, f"dataset.encoder={tmp_path / 'coder.safetensors'}")


def test_an_experiment_that_diverges_ends_in_a_sentence(tmp_path: Path):
    base = load_experiment(resource("examples", "xor.toml"))
    wild = with_settings(base, [*SINE, "training.learning_rate=1000", "training.epochs=20"])
    with pytest.raises(DivergedError) as told:
        list(assemble(wild, ()))
    [step] = re.findall(r"the loss of step (\d+)", str(told.value))
    script = module_of(script_of(wild, tmp_path))
    data = script.load_data(tmp_path)
    with np.errstate(all="ignore"), pytest.raises(SystemExit, match=rf"training diverged at step {step};"):
        list(script.train(script.build(data), data))
