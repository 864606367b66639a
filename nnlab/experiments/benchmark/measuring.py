"""One workload, timed: nnlab and its peers take turns within one process, with the same numbers of threads.

nnlab runs through its real loop: the order drawn per epoch, batches gathered from bytes and scaled, loss and score of every
step recorded. It does so with BLAS's threads and, where batches can be shared, with as many helpers; the faster form counts.
The peers find their data scaled to floats in memory, and record the loss. Before anything is timed they must agree about the
losses from the same weights. Times are medians of the quietest rounds; differences of ratios below 0.1 mean little. Of a
peer whose epoch takes very long some steps stand for it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nnlab.errors import SettingError
from nnlab.experiments.benchmark.agreement import DisagreementError, check_agreement
from nnlab.experiments.benchmark.contestants import CONTESTANTS
from nnlab.experiments.benchmark.outcome import Outcome, Rival
from nnlab.experiments.benchmark.peers_jax import FixedThreadsError
from nnlab.experiments.benchmark.pictures import Pictures
from nnlab.experiments.benchmark.products import multiply_adds
from nnlab.experiments.benchmark.timing import Timing, take_turns
from nnlab.experiments.benchmark.together import Together
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload
from nnlab.models.model import Model
from nnlab.optional import BrokenPackageError, MissingPackageError
from nnlab.report import Report, silent
from nnlab.settings import nearest
from nnlab.training import TrainingRun
from nnlab.words import shown

QUICK_STEPS = 100
_FULL_BATCH_STEPS = 10
_WARM_UP = 20
# Seconds that a peer's sample may take, where some steps stand for an epoch and where whole epochs are timed.
_LONGEST_QUICK, _LONGEST = 0.5, 10.0
# nnlab's forms: with BLAS's threads, and with helpers.
_ALONE, _TOGETHER = "nnlab", "nnlab with helpers"
# Why a peer is left out.
_ABSENT = (MissingPackageError, BrokenPackageError, DisagreementError, FixedThreadsError)


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


def measured(workload: Workload, pictures: Pictures, how: Measuring, report: Report = silent) -> Outcome:
    """The times of all sides; without those that are not here, cannot be imported, or compute something else."""
    report(workload.title, float("nan"))
    run = workload.run(pictures.dataset)
    forms: dict[str, dict[str, Any]] = {}
    whys: dict[str, str] = {}
    for name in workload.peers:
        try:
            forms[name] = _agreeing_forms(name, workload, run.model, pictures, how.threads)
        except _ABSENT as error:
            whys[name] = str(error)
    steps = _steps_per_sample(workload, how.is_quick)
    _advancing(run, min(_WARM_UP, steps))()
    calls: dict[str, Callable[[], object]] = {_ALONE: _advancing(run, steps)}
    shares = dict.fromkeys((_ALONE, _TOGETHER), _epochs(workload, steps))
    for form, peer in ((form, peer) for each in forms.values() for form, peer in each.items()):
        count = _affordable(peer, steps, how.is_quick)
        calls[form], shares[form] = _training(peer, count), _epochs(workload, count)
    with _together(workload, pictures, how.threads) as together:
        if together is not None:
            together.train(min(_WARM_UP, steps))
            calls[_TOGETHER] = lambda: together.train(steps)
        helpers = together.process_numbers if together is not None else ()
        timings = take_turns(calls, how.repeats, how.threads, lambda: report(workload.title, float("nan")), helpers)
    seconds = {name: timing.seconds / shares[name] for name, timing in timings.items()}
    rivals = [_rival(name, list(forms.get(name, ())), seconds, whys.get(name, "")) for name in workload.peers]
    return _outcome(workload, run.model, rivals, timings, seconds, how.threads)


@contextmanager
def _together(workload: Workload, pictures: Pictures, helpers: int) -> Iterator[Together | None]:
    """nnlab with as many helpers as the others have threads; None for one, and where batches cannot be shared."""
    if helpers == 1:
        yield None
        return
    together = Together(workload.run(pictures.dataset), workload.experiment.model, helpers)
    try:
        yield None if together.trouble else together
    finally:
        together.end()


def _outcome(
    workload: Workload,
    model: Model,
    rivals: list[Rival],
    timings: dict[str, Timing],
    seconds: dict[str, float],
    helpers: int,
) -> Outcome:
    first, *others = rivals
    own = min((name for name in (_ALONE, _TOGETHER) if name in seconds), key=lambda name: seconds[name])
    told, ours = (own, *(rival.peer for rival in rivals if rival.peer)), seconds[own]
    return Outcome(
        workload.key,
        workload.title,
        ours,
        2e-9 * multiply_adds(model) * workload.examples / ours,
        max(timings[name].disturbance for name in told),
        first.peer,
        first.seconds,
        first.why,
        tuple(others),
        helpers if own == _TOGETHER else 1,
    )


def _rival(name: str, forms: list[str], seconds: dict[str, float], why: str) -> Rival:
    """The fastest of its forms."""
    title = CONTESTANTS[name].title
    if not forms:
        return Rival(title, why=why)
    fastest = min(forms, key=lambda form: seconds[form])
    return Rival(title, fastest, seconds[fastest])


def _agreeing_forms(name: str, workload: Workload, model: Model, pictures: Pictures, threads: int) -> dict[str, Any]:
    """The forms of one contestant, with the model's weights, after both sides were seen to compute the same."""

    def forms(model: Model) -> dict[str, Any]:
        inputs, labels = pictures.inputs[: workload.examples], pictures.labels[: workload.examples]
        return dict(CONTESTANTS[name].forms(model, workload.experiment.training, inputs, labels, threads))

    in_order = workload.run(pictures.dataset, shuffle=False)
    check_agreement(workload.title, in_order, forms, pictures.inputs)
    return forms(model)


def _affordable(peer: Any, steps: int, is_quick: bool) -> int:
    """Of so many steps those that a sample has time for; the peer has then made as many, so that it has compiled them."""
    warm_up = min(_WARM_UP, steps)
    peer.train(warm_up)
    started = time.perf_counter()
    peer.train(warm_up)
    most = (_LONGEST_QUICK if is_quick else _LONGEST) * warm_up / (time.perf_counter() - started)
    count = max(1, min(steps, int(most)))
    peer.train(count)
    return count


def _epochs(workload: Workload, steps: int) -> float:
    """How much of an epoch so many steps are; of full batches, how many iterations."""
    return steps / (1 if workload.is_full_batch else workload.steps_per_epoch)


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
