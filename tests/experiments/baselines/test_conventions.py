"""What is set to nnlab's convention is said where an experiment has to do with it, and nowhere else."""

from pathlib import Path

import pytest

from nnlab.experiments.baselines.conventions import CONVENTIONS, conventions_of
from nnlab.experiments.baselines.frameworks import FRAMEWORKS
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.resources import example_files, resource

DIGITS = load_experiment(resource("examples", "digits-mlp.toml"))


@pytest.mark.parametrize(
    ("framework", "assignments", "words"),
    [
        ("torch", [], []),
        ("torch", ["training.optimizer=adamw"], ["PyTorch's own decays biases, too"]),
        ("torch", ["training.optimizer=adagrad", "training.clip_norm=1"], ["1e-10", "nnlab divides by the norm"]),
        ("keras", ["training.optimizer=momentum"], ["The velocity has no rate in it"]),
        ("keras", ["training.optimizer=adamw"], ["added to the corrected root", "decays biases, too"]),
        ("sklearn", [], ["partial_fit", "1.2e-7"]),
        ("sklearn", ["training.schedule=cosine"], ["partial_fit", "1.2e-7", "scaled where the rate changes"]),
        ("sklearn", ["model.kind=linear_svm"], ["in one go"]),
        ("numpy", ["training.optimizer=adamw"], []),
    ],
)
def test_what_is_otherwise_there_is_said(framework: str, assignments: list[str], words: list[str]):
    said = conventions_of(framework, with_settings(DIGITS, assignments))
    assert len(said) == len(words)
    assert all(word in sentence for word, sentence in zip(words, said, strict=True))


def test_every_row_is_of_a_framework_and_of_some_experiment():
    experiments = [load_experiment(Path(path)) for path in example_files()]
    experiments += [
        with_settings(DIGITS, [f"training.optimizer={name}"]) for name in ("adagrad", "adamw", "rmsprop", "adam")
    ]
    experiments += [
        with_settings(DIGITS, ["training.clip_norm=1", "model.layers=[{kind='dense', units=10}, 'gelu', 'softmax']"])
    ]
    experiments += [with_settings(DIGITS, ["training.penalty=l2", "training.warmup=1"])]
    for row in CONVENTIONS:
        assert row.framework in FRAMEWORKS
        assert any(row.holds(experiment) for experiment in experiments), row.sentence
