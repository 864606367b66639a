"""What each seed lost at its first step, out of the store: from there its loss came down, or did not."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.seeds.seed_sweep import SEED
from nnlab.experiments.sweeps.records import DONE, TrialRecord


def first_losses(
    store: RunStore, experiment: Experiment, trials: Sequence[TrialRecord], known: Mapping[int, float] | None = None
) -> dict[int, float]:
    """By seed, of the trials that are done and whose runs are there; what is known is not read again. None of a model whose
    loss while it trains is another than the one it is judged by, as of one that learns one thing after another.
    """
    phase, *later = experiment.model.phases
    if later or phase.loss_title != phase.validation_title:
        return {}
    found = dict(known or {})
    for trial in trials:
        seed = int(trial.choices[SEED])
        if trial.state == DONE and trial.run is not None and seed not in found:
            found[seed] = _first_loss(store, trial.run)
    return {seed: loss for seed, loss in found.items() if np.isfinite(loss)}


def _first_loss(store: RunStore, run: int) -> float:
    """NaN where it is not known."""
    try:
        record = store.run(run)
        losses = history_of(store.curves(run), record.step, record.score).steps["loss"].values
    except NnlabError:
        return float("nan")
    return float(losses[0]) if len(losses) and not record.first_step else float("nan")
