"""What nnlab trains, the real frameworks train: the same losses on the way, and the same accuracy in the end."""

import pytest

from nnlab.experiments.baselines.contest import contest_of, train_baseline, train_own
from nnlab.experiments.baselines.frameworks import is_there
from nnlab.experiments.experiment import with_settings
from tests.experiments.baselines.conftest import example

PEERS = [
    pytest.param(name, marks=[pytest.mark.peers, pytest.mark.slow, pytest.mark.skipif(not is_there(name), reason="missing")])
    for name in ("torch", "keras")
]


@pytest.mark.parametrize("framework", ["numpy", "sklearn", *PEERS])
@pytest.mark.parametrize("name", ["digits-mlp", "sine"])
def test_a_framework_makes_nnlabs_steps(framework: str, name: str):
    with contest_of(example(name, epochs=3), [], 1) as contest:
        own = train_own(contest)
        other = train_baseline(contest, framework, own)
    assert other.problem == "" and other.steps == own.steps and other.version
    assert other.apart is not None
    assert other.apart.loss < 1e-4 and abs(other.apart.score) < 0.003
    assert max(largest for largest, _ in other.apart.parameters.values()) < 1e-4
    assert abs(other.figures["test_loss"] / own.figures["test_loss"] - 1) < 1e-3
    assert 50 < other.code_lines < 600
    if framework == "numpy":
        assert other.parameters_sha256 == own.parameters_sha256


def test_what_is_solved_in_one_go_is_compared_by_what_it_leads_to():
    settings = ["model.kind=linear_svm", "training.penalty={kind='l2', l2=0.01}"]
    with contest_of(with_settings(example("digits-mlp", epochs=20), settings), [], 1) as contest:
        own = train_own(contest)
        other = train_baseline(contest, "sklearn", own)
    assert (other.problem, other.steps, other.epochs, other.epoch) == ("", 1, 1, 1.0)
    assert other.apart is not None and other.apart.loss is None and other.seconds_per_epoch == other.seconds
    assert abs(other.figures["test_accuracy"] - own.figures["test_accuracy"]) < 0.05
