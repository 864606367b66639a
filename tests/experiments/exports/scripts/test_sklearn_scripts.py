"""Scripts of scikit-learn train what nnlab trains, from the same weights and batches; what it lacks is named."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.exports import EXPORTS, Source
from nnlab.report import silent
from nnlab.resources import resource

SINE, DIGITS = "sine", "digits-mlp"
NETWORKS = {
    "momentum": (DIGITS, ["training.schedule=cosine", "training.warmup=1"]),
    "sgd": (
        DIGITS,
        [
            "training.optimizer=sgd",
            "model.layers=[{kind='dense', units=16}, 'tanh', {kind='dense', units=8}, "
            "'tanh', {kind='dense', units=10}, 'softmax']",
        ],
    ),
    "nesterov": (
        DIGITS,
        ["training.optimizer=nesterov", "training.schedule=exponential", "training.penalty={kind='l2', l2=0.01}"],
    ),
    "adam": (DIGITS, ["training.optimizer=adam", "training.learning_rate=0.003"]),
    "no hidden layer": (DIGITS, ["model.layers=[{kind='dense', units=10}, 'softmax']"]),
    "two classes": (
        "xor",
        [
            "model.loss=binary_cross_entropy",
            "model.layers=[{kind='dense', units=8}, 'sigmoid', {kind='dense', units=1}, 'sigmoid']",
        ],
    ),
    "values": (SINE, ["training.penalty={kind='l2', l2=0.001}"]),
    "values by momentum": (SINE, ["training.optimizer=momentum"]),
}
REFUSED = {
    "layer": (
        DIGITS,
        ["model.layers=[{kind='dense', units=8}, 'relu', {kind='dropout', rate=0.1}, {kind='dense', units=10}, 'softmax']"],
        r"^dropout1: scikit-learn has no layer of the kind dropout in a perceptron; it has dense, .*relu",
    ),
    "activations": (
        DIGITS,
        [
            "model.layers=[{kind='dense', units=8}, 'relu', {kind='dense', units=8}, 'tanh', "
            "{kind='dense', units=10}, 'softmax']"
        ],
        r"^model.layers: scikit-learn has one activation for all hidden layers, and not relu and tanh$",
    ),
    "optimizer": (
        DIGITS,
        ["training.optimizer=rmsprop"],
        r"^training.optimizer: scikit-learn has no optimizer RMSProp; it has sgd, momentum, nesterov, adam$",
    ),
    "adamw": (DIGITS, ["training.optimizer=adamw"], r"^training.optimizer: scikit-learn has no optimizer AdamW"),
    "penalty": (
        DIGITS,
        ["training.penalty=l1"],
        r"^training.penalty: scikit-learn has no such penalty here; it has none or l2$",
    ),
    "clipping": (
        DIGITS,
        ["training.clip_norm=1"],
        r"^training.clip_norm: scikit-learn has no clipping of gradients; it has 0$",
    ),
    "two classes": ("xor", [], r"^model.loss: scikit-learn has no cross-entropy of 2 classes; it has binary_cross_entropy"),
    "smoothing": (
        DIGITS,
        ["model.loss={kind='cross_entropy', label_smoothing=0.1}"],
        r"^model.loss.label_smoothing: scikit-learn has no label smoothing; it has 0$",
    ),
    "chains": (
        DIGITS,
        ["model.kind=rbm", "model.persistent=true", "model.chains=7"],
        r"; set model.chains and training.batch_size to one number that divides 1,299$",
    ),
    "no margin": (
        DIGITS,
        ["model.kind=linear_svm", "training.penalty=none"],
        r"^training.penalty: scikit-learn has no LinearSVC without a margin to widen; it has l2, of more than 0$",
    ),
    "machine": (DIGITS, ["model.kind=rbm"], r"^model: scikit-learn has no contrastive divergence from the data"),
    "kind": (
        DIGITS,
        ["model.kind=deep_belief"],
        r"^model.kind: a script of scikit-learn has no model of the kind deep_belief; it has mlp",
    ),
}
MACHINE = [
    "model.kind=rbm",
    "model.hidden=32",
    "model.persistent=true",
    "model.chains=433",
    "training.batch_size=433",
    "training.optimizer=sgd",
    "training.keep=last",
    "training.learning_rate=0.5",
]


def experiment_of(name: str, assignments: list[str], epochs: int = 3) -> Experiment:
    loaded = load_experiment(resource("examples", f"{name}.toml"))
    return with_settings(loaded, [*assignments, f"training.epochs={epochs}"])


def script_of(experiment: Experiment, folder: Path) -> Any:
    """The exported script, imported."""
    path = folder / f"script_{len(list(folder.iterdir()))}.py"
    EXPORTS["sklearn"].write(Source(experiment, ()), path, silent)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_takes_nnlabs_steps(tmp_path: Path, name: str):
    experiment = experiment_of(*NETWORKS[name])
    script = script_of(experiment, tmp_path)
    data = script.load_data(tmp_path)
    model = script.build(data)
    run = assemble(experiment, [])
    assert np.array_equal(script.parameters(model), run.model.parameters.values)
    events = list(script.train(model, data))
    steps, epochs = ([one for one in events if hasattr(one, field)] for field in ("step", "train_loss"))
    own = list(run)
    assert [one.step for one in steps] == [step.number for step in own]
    np.testing.assert_allclose([one.rate for one in steps], [step.learning_rate for step in own], rtol=1e-12)
    np.testing.assert_allclose([one.loss for one in steps], [step.loss for step in own], rtol=2e-4, atol=1e-6)
    np.testing.assert_allclose(script.parameters(model), run.model.parameters.values, atol=2e-4)
    ends = [step.epoch_end for step in own if step.epoch_end is not None]
    if len(run.data.split.validation):
        told = [(one.validation_loss, one.validation_score) for one in epochs]
        np.testing.assert_allclose(told, [(end.validation.loss, end.validation.score) for end in ends], rtol=2e-3, atol=2e-3)
    assert all(one.score is None for one in steps)
    outputs = script.predict(model, data.test.inputs)
    inputs, _ = run.data.testing.gather(run.data.test_index)
    np.testing.assert_allclose(outputs.reshape(len(outputs), -1)[:, -1], run.model.predict(inputs)[:, -1], atol=1e-3)


@pytest.mark.parametrize("name", REFUSED)
def test_what_scikit_learn_lacks_is_named_with_what_it_has(tmp_path: Path, name: str):
    example, assignments, sentence = REFUSED[name]
    with pytest.raises(UnsupportedExportError, match=sentence):
        EXPORTS["sklearn"].write(Source(experiment_of(example, assignments), ()), tmp_path / "script.py", silent)


def test_a_machine_begins_as_nnlabs_and_learns_as_much(tmp_path: Path):
    experiment = experiment_of(DIGITS, MACHINE, epochs=20)
    script = script_of(experiment, tmp_path)
    data = script.load_data(tmp_path)
    model = script.build(data)
    run = assemble(experiment, [])
    own = list(run)
    steps = [one for one in script.train(model, data) if hasattr(one, "step")]
    assert len(steps) == len(own) == 60
    assert steps[0].loss == pytest.approx(own[0].loss, rel=1e-4)
    assert steps[-1].loss == pytest.approx(own[-1].loss, rel=0.02) and steps[-1].loss < 0.97 * steps[0].loss


# Near enough: its solver would take as many steps again for the last digits.
@pytest.mark.filterwarnings("ignore:Liblinear failed to converge")
@pytest.mark.parametrize("loss", ["one_vs_rest_hinge", "hinge"])
def test_a_support_vector_machine_ends_where_nnlabs_is_led(tmp_path: Path, loss: str):
    wanted = [
        "model.kind=linear_svm",
        f"model.loss={loss}",
        "training.penalty={kind='l2', l2=0.003}",
        "training.optimizer=adam",
        "training.learning_rate=0.02",
        "training.schedule=cosine",
        "training.keep=last",
    ]
    experiment = experiment_of(DIGITS, wanted, epochs=40)
    script = script_of(experiment, tmp_path)
    data = script.load_data(tmp_path)
    model = script.build(data)
    step, epoch = script.train(model, data)
    run = assemble(experiment, [])
    for _ in run:
        pass
    inputs, targets = run.data.learning.gather(run.data.split.train)
    losses = np.array([step.loss, run.model.evaluate(inputs, targets)[0].loss])
    weights = [script.parameters(model), run.model.parameters.values]
    # Biases are not penalised.
    aims = losses + 0.0015 * np.array([np.square(each[:640]).sum() for each in weights])
    assert 0.9 * aims[1] < aims[0] < 1.01 * aims[1]
    assert epoch.validation_score > 0.93
    assert script.evaluate(model, *data.test)[1] > 0.93
