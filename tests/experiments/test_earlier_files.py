"""Model files that version 0.1 wrote still open, and go on as they did then."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.model_file import load_model, save_model
from nnlab.training import TrainingRun

FOLDER = Path(__file__).parent.parent / "files" / "models"
# What the version that wrote them had in memory, and where it ended when it went on; facts.json holds it by name.
FACTS = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))


def opened(path: Path) -> TrainingRun:
    saved = load_model(path)
    run = assemble(saved.experiment, [])
    saved.continue_in(run)
    return run


@pytest.fixture(params=FACTS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_what_was_stored_is_there_bit_for_bit(name: str):
    run, facts = opened(FOLDER / f"{name}.safetensors"), FACTS[name]
    assert hashlib.sha256(run.model.parameters.values.tobytes()).hexdigest() == facts["sha256"]
    assert (run.step, run.epoch, run.position) == (facts["steps"], facts["epoch"], facts["position"])
    assert (run.best.epoch if run.best else None) == facts["best_epoch"]
    assert run.divergence == facts["divergence"]


def test_training_goes_on_to_where_it_went_then(name: str):
    run, end = opened(FOLDER / f"{name}.safetensors"), FACTS[name]["end"]
    for _ in run:
        pass
    assert (run.step, run.stopped.words) == (end["steps"], end["stopped"])
    assert (run.best.epoch if run.best else None) == end["best_epoch"]
    # Another processor rounds otherwise, and a Gibbs chain that draws one other bit goes another way.
    values = run.model.parameters.values.astype(float)
    assert np.linalg.norm(values) == pytest.approx(end["norm"], rel=1e-2)
    if end["parameters"] and not name.startswith("rbm"):
        np.testing.assert_allclose(values, end["parameters"], rtol=1e-3, atol=1e-4)


def test_a_parameter_that_was_changed_by_hand_is_still_known_as_such():
    run = opened(FOLDER / "mlp-in-mid-epoch.safetensors")
    assert list(run.edited) == [("dense1.weight", (0, 1))]


def test_saved_anew_it_is_the_same_run(name: str, tmp_path: Path):
    run = opened(FOLDER / f"{name}.safetensors")
    experiment = load_model(FOLDER / f"{name}.safetensors").experiment
    save_model(tmp_path / "anew.safetensors", run, experiment, {})
    again = opened(tmp_path / "anew.safetensors")
    for one, other in zip(run, again, strict=True):
        assert one.loss == other.loss
    assert again.model.parameters.values.tobytes() == run.model.parameters.values.tobytes()
