"""What `nnlab sweep` tells of an experiment that was trained from several seeds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnlab.commands.answer import Report

if TYPE_CHECKING:
    from nnlab.experiments.journal.store import RunStore
    from nnlab.experiments.sweeps.records import TrialRecord
    from nnlab.experiments.sweeps.sweep import Sweep


def luck_report(store: "RunStore", sweep: "Sweep", trials: "Sequence[TrialRecord]") -> Report:
    """Mean, spread and what went wrong; nothing of a sweep that varies anything else."""
    from nnlab.experiments.seeds.first_losses import first_losses
    from nnlab.experiments.seeds.luck import luck_of
    from nnlab.experiments.seeds.seed_sweep import seeds_of

    seeds = seeds_of(sweep)
    if not seeds:
        return {}
    return {"luck": luck_of(trials, len(seeds), first_losses(store, sweep.base, trials)).to_report()}


def luck_lines(report: Report) -> list[str]:
    """For a person."""
    return list(report["luck"]["words"]) if "luck" in report else []
