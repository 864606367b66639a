"""One workload, timed: nnlab and its peer take turns within one process, with the same numbers of threads.

nnlab runs through its real loop: the order drawn per epoch, batches gathered from bytes and scaled, loss and score of every
step recorded. The peers find their data scaled to floats in memory, and record the loss. Before anything is timed both must
agree about the losses from the same weights. Times are medians of the quietest rounds; differences of ratios below 0.1 mean
little.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnlab import optional
from nnlab.errors import SettingError
from nnlab.experiments.benchmark.agreement import DisagreementError, check_agreement
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.experiments.benchmark.pictures import Pictures
from nnlab.experiments.benchmark.products import multiply_adds
from nnlab.experiments.benchmark.timing import take_turns
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload
from nnlab.models.model import Model
from nnlab.report import Report, silent
from nnlab.settings import nearest
from nnlab.training import TrainingRun
from nnlab.words import shown

QUICK_STEPS = 100
_FULL_BATCH_STEPS = 10
_WARM_UP = 20


@dataclass(frozen=True)
class Measuring:
    """How it is measured: threads of each contestant, rounds that count, and whether some steps stand for an epoch."""

    threads: int
    repeats: int = 5
    is_quick: bool = False


def chosen_workloads(only: str) -> tuple[Workload, ...]:
    """Those whose names begin as asked, by beginnings with commas between; all of them if nothing was asked."""
    beginnings = tuple(name.strip() for name in only.split(",")) if only else ("",)
    keys = [workload.key for workload in WORKLOADS]
    for beginning in beginnings:
        if not any(key.startswith(beginning) for key in keys):
            raise SettingError(f"--only {shown(beginning)}: no workload is called so; {nearest(beginning, keys)}")
    return tuple(workload for workload in WORKLOADS if workload.key.startswith(beginnings))


def set_peer_threads(threads: int) -> None:
    """PyTorch has threads of its own; scikit-learn computes on BLAS's."""
    if optional.is_installed("torch"):
        optional.required("torch").set_num_threads(threads)


def measured(workload: Workload, pictures: Pictures, how: Measuring, report: Report = silent) -> Outcome:
    """The times of both sides; of nnlab alone where the peer is not here, cannot be imported, or computes something else."""
    report(workload.title, float("nan"))
    run = workload.run(pictures.dataset)
    try:
        peers = _agreeing_peers(workload, run.model, pictures)
        why = ""
    except (optional.MissingPackageError, optional.BrokenPackageError, DisagreementError) as error:
        peers, why = {}, str(error)
    steps = _steps_per_sample(workload, how.is_quick)
    contestants = {"nnlab": _advancing(run, steps), **{name: _training(peer, steps) for name, peer in peers.items()}}
    warm_up = min(_WARM_UP, steps)
    for call in (_advancing(run, warm_up), *(_training(peer, warm_up) for peer in peers.values())):
        call()
    scale = (1 if workload.is_full_batch else workload.steps_per_epoch) / steps
    timings = take_turns(contestants, how.repeats, how.threads, lambda: report(workload.title, float("nan")))
    ours = timings.pop("nnlab")
    seconds = ours.seconds * scale
    rate = 2e-9 * multiply_adds(run.model) * workload.examples / seconds
    if not timings:
        return Outcome(workload.key, workload.title, seconds, rate, ours.disturbance, why=why)
    rival = min(timings, key=lambda name: timings[name].seconds)
    theirs = timings[rival]
    disturbance = max(ours.disturbance, theirs.disturbance)
    return Outcome(workload.key, workload.title, seconds, rate, disturbance, rival, theirs.seconds * scale)


def _agreeing_peers(workload: Workload, model: Model, pictures: Pictures) -> dict[str, Any]:
    """The contestants beside nnlab, with the model's weights, after both sides were seen to compute the same."""
    in_order = workload.run(pictures.dataset, shuffle=False)
    check_agreement(workload.title, in_order, lambda other: _peers(workload, other, pictures), pictures.inputs)
    return _peers(workload, model, pictures)


def _peers(workload: Workload, model: Model, pictures: Pictures) -> dict[str, Any]:
    inputs, labels = pictures.inputs[: workload.examples], pictures.labels[: workload.examples]
    return dict(_PEERS[workload.peer](model, workload.experiment.training, inputs, labels))


def _in_torch(*given: Any) -> Any:
    optional.required("torch")
    from nnlab.experiments.benchmark.peers_torch import peers

    return peers(*given)


def _in_sklearn(*given: Any) -> Any:
    from nnlab.experiments.benchmark.peers_sklearn import peers

    return peers(*given)


_PEERS: dict[str, Callable[..., Any]] = {"torch": _in_torch, "sklearn": _in_sklearn}


def _steps_per_sample(workload: Workload, is_quick: bool) -> int:
    """Updates that are timed at a time: an epoch of them, unless it has to be quick."""
    if workload.is_full_batch:
        return _FULL_BATCH_STEPS // 3 if is_quick else _FULL_BATCH_STEPS
    return min(QUICK_STEPS, workload.steps_per_epoch) if is_quick else workload.steps_per_epoch


def _advancing(run: TrainingRun, steps: int) -> Callable[[], None]:
    """So many steps of nnlab's loop."""

    def advance() -> None:
        for _ in range(steps):
            next(run)

    return advance


def _training(peer: Any, steps: int) -> Callable[[], object]:
    """So many steps of the peer."""
    return lambda: peer.train(steps)
