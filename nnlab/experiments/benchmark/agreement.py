"""A benchmark of two programs that compute different things is worth nothing: they must agree before they are timed."""

from collections.abc import Callable, Mapping
from typing import Any

from nnlab.errors import NnlabError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import is_machine
from nnlab.models.model import Model
from nnlab.training import TrainingRun

# The first loss shows that the models are alike, the others that gradients and updates are.
_STEPS = 3
_TOLERANCE = 1e-4
# Machines draw different random numbers: what they have learned after some steps is alike, not equal.
_SAMPLED_STEPS = 400
_SAMPLED_TOLERANCE = 0.08
_EXAMPLES = 1000

PeersOf = Callable[[Model], Mapping[str, Any]]


class DisagreementError(NnlabError):
    """nnlab and a peer compute different things, so that their times say nothing."""


def check_agreement(title: str, run: TrainingRun, peers_of: PeersOf, pictures: Array) -> None:
    """Compare a run that takes the data in order with every peer that starts from its weights."""
    if is_machine(run.model):
        _check_machine(title, run, peers_of, pictures[:_EXAMPLES])
    else:
        _check_losses(title, run, peers_of)


def _check_losses(title: str, run: TrainingRun, peers_of: PeersOf) -> None:
    peers = peers_of(run.model)
    losses = [next(run).loss for _ in range(_STEPS)]
    for name, peer in peers.items():
        for step, (ours, theirs) in enumerate(zip(losses, peer.first_steps(_STEPS), strict=True), 1):
            _demand(f"{title}, {name}: loss of step {step}", ours, theirs, _TOLERANCE)


def _check_machine(title: str, run: TrainingRun, peers_of: PeersOf, pictures: Array) -> None:
    """Reconstruction by probabilities is free of chance: it is compared at the same weights, and after some learning."""
    next(run)  # at which the visible biases take the data's means
    peers = peers_of(run.model)
    before = run.model.evaluate(pictures, pictures)[0].loss
    for name, peer in peers.items():
        _demand(f"{title}, {name}: reconstruction", before, peer.reconstruction_error(len(pictures)), _TOLERANCE)
    for _ in range(_SAMPLED_STEPS):
        next(run)
    after = run.model.evaluate(pictures, pictures)[0].loss
    for name, peer in peers.items():
        peer.first_steps(_SAMPLED_STEPS)
        error = peer.reconstruction_error(len(pictures))
        _demand(f"{title}, {name}: reconstruction after {_SAMPLED_STEPS} steps", after, error, _SAMPLED_TOLERANCE)


def _demand(what: str, ours: float, theirs: float, tolerance: float) -> None:
    # Written so that a loss that is not a number fails too.
    if not abs(ours - theirs) <= tolerance * abs(theirs):
        raise DisagreementError(f"{what}: nnlab says {ours:.6g}, the peer {theirs:.6g}; it was not timed")
