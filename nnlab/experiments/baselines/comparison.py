"""nnlab's run and those of frameworks beside each other: their figures, and how far each is from nnlab's on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnlab.experiments.baselines.messages import Begun
from nnlab.experiments.baselines.runner import END
from nnlab.models.arrays import Array
from nnlab.training.history import History

# Over so many steps differences of rounding have not grown yet; what is then larger is another computation.
FIRST_STEPS = 200
# Below this a loss is as good as none.
_LEAST_LOSS = 1e-12


@dataclass(frozen=True, eq=False)
class Contestant:
    """One that was trained, or the `problem` why it was not, or not to its end.

    run: its number in the store    begun: how nnlab's own is paced    figures: of the last epoch, by the history's names
    seconds: of training alone; to the first step from the start of its process on    vectors: the folder of its parameters
    conventions: what was set so that it does what nnlab does    apart: how far it is from nnlab's own, where it is another
    """

    name: str
    title: str
    version: str = ""
    run: int | None = None
    problem: str = ""
    begun: Begun | None = None
    history: History = field(default_factory=History)
    steps: int = 0
    epochs: int = 0
    epoch: float = 0.0
    figures: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    first_step_seconds: float | None = None
    peak_bytes: int | None = None
    parameters_sha256: str = ""
    code_lines: int | None = None
    vectors: Path | None = None
    script: Path | None = None
    conventions: tuple[str, ...] = ()
    apart: "Difference | None" = None

    @property
    def seconds_per_epoch(self) -> float | None:
        """Of training alone; None before it has learned for any time."""
        return self.seconds / self.epoch if self.epoch and self.seconds else None

    @property
    def examples_per_second(self) -> float | None:
        """None where it is not known how many an epoch has."""
        examples = self.begun.examples if self.begun is not None else 0
        return examples * self.epoch / self.seconds if examples and self.seconds else None


def named_problem(title: str, problem: str) -> str:
    """A sentence that says whose problem it is, which some say by themselves."""
    return problem if title in problem else f"{title}: {problem}"


@dataclass(frozen=True)
class Difference:
    """How far one is from nnlab's own run.

    steps: that both have made    first_loss, loss: the largest |l - l0| / l0 over the first steps, and over all of them
    parameters: after the steps of these names, the largest difference of one and the norm of all relative to nnlab's
    score: of the last epoch, less nnlab's, where both have come as far    time_ratio: seconds per epoch over nnlab's
    """

    steps: int = 0
    first_loss: float | None = None
    loss: float | None = None
    parameters: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    score: float | None = None
    time_ratio: float | None = None


def difference(own: Contestant, other: Contestant) -> Difference:
    """Of the other from nnlab's."""
    # What is solved in one go has made no steps to be compared.
    is_led = other.steps > 1 or own.steps == 1
    relative = _relative(own.history, other.history) if is_led else np.empty(0)
    first = relative[:FIRST_STEPS] if own.history.stride == 1 else relative[:0]
    times = own.seconds_per_epoch, other.seconds_per_epoch
    return Difference(
        min(own.steps, other.steps),
        _largest(first),
        _largest(relative),
        _parameters(own.vectors, other.vectors),
        _score(own, other),
        times[1] / times[0] if times[0] and times[1] else None,
    )


def _relative(own: History, other: History) -> Array:
    """|l - l0| / l0 of the steps that both have, row by row."""
    losses = _as_coarse(own, other.stride), _as_coarse(other, own.stride)
    count = min(map(len, losses))
    mine, others = (one[:count] for one in losses)
    found: Array = np.abs(others - mine) / np.maximum(np.abs(mine), _LEAST_LOSS)
    return found


def _as_coarse(history: History, stride: int) -> Array:
    """The losses in rows of so many steps, where its own stand for fewer; strides are powers of two."""
    losses, ratio = history.steps["loss"].values, stride // history.stride
    if ratio <= 1:
        return losses
    means: Array = losses[: len(losses) // ratio * ratio].reshape(-1, ratio).mean(axis=1)
    return means


def _largest(values: Array) -> float | None:
    return float(values.max()) if len(values) else None


def _parameters(own: Path | None, other: Path | None) -> dict[str, tuple[float, float]]:
    if own is None or other is None:
        return {}
    names = sorted({path.stem for path in own.glob("*.npy")} & {path.stem for path in other.glob("*.npy")}, key=_place)
    return {name: _apart(_vector(own, name), _vector(other, name)) for name in names}


def _place(name: str) -> float:
    return float("inf") if name == END else int(name)


def _vector(folder: Path, name: str) -> Array:
    vector: Array = np.load(folder / f"{name}.npy", allow_pickle=False)
    return vector.astype(np.float64)


def _apart(mine: Array, others: Array) -> tuple[float, float]:
    if mine.shape != others.shape:
        return float("inf"), float("inf")
    apart = others - mine
    norm = float(np.linalg.norm(mine))
    return float(np.abs(apart).max(initial=0)), float(np.linalg.norm(apart)) / norm if norm else float("nan")


def _score(own: Contestant, other: Contestant) -> float | None:
    """Of the same epoch alone: that of another says nothing."""
    if own.epochs != other.epochs:
        return None
    for part in ("validation", "train"):
        name = f"{part}_{own.history.score.name}"
        values = own.figures.get(name, np.nan), other.figures.get(name, np.nan)
        if np.isfinite(values).all():
            return float(values[1] - values[0])
    return None
