"""What a process that trains tells, line by line: read, and believed only as far as it makes sense."""

import json
from dataclasses import dataclass
from typing import Any

from nnlab.errors import NnlabError


class BaselineError(NnlabError):
    """A baseline that cannot be trained, or whose process ended; nnlab's own run is untouched."""


@dataclass(frozen=True)
class Ready:
    """Data and model are there, after so many seconds."""

    parameters: int
    seconds: float


@dataclass(frozen=True)
class Begun:
    """nnlab's own run stands before its first step, and is in the store of runs by this number, if at all.

    batches: steps per epoch, each of batch_size examples    examples: that an epoch learns from
    steps: until the end, as far as is known    score: the name of what stands beside the loss
    """

    run: int | None
    batches: int
    batch_size: int
    examples: int
    steps: int
    score: str


@dataclass(frozen=True)
class Steps:
    """Rows of step, loss, score or None, rate; and the seconds of training up to the last."""

    rows: tuple[tuple[int, float, float | None, float], ...]
    seconds: float


@dataclass(frozen=True)
class EpochEnd:
    """The figures of an epoch that ended after a step; None where there are none."""

    epoch: int
    step: int
    train_loss: float | None
    train_score: float | None
    validation_loss: float | None
    validation_score: float | None


@dataclass(frozen=True)
class Ended:
    """All steps are made. seconds: of training alone; to the first step from the start of the process on."""

    step: int
    seconds: float
    test_loss: float | None
    test_score: float | None
    first_step_seconds: float | None
    peak_bytes: int | None
    parameters_sha256: str


@dataclass(frozen=True)
class Diverged:
    """The loss of this step is no finite number."""

    step: int


@dataclass(frozen=True)
class Said:
    """A sentence for the person, on the way."""

    sentence: str


@dataclass(frozen=True)
class Failed:
    """Why it goes no further."""

    sentence: str


@dataclass(frozen=True)
class Imported:
    """The script and its framework are there, after so many seconds."""

    seconds: float


Message = Imported | Ready | Begun | Steps | EpochEnd | Ended | Diverged | Said | Failed
# One of these is the last.
FINAL = (Ended, Diverged, Failed)
_KINDS: dict[str, type[Any]] = {
    "imported": Imported,
    "ready": Ready,
    "begun": Begun,
    "steps": Steps,
    "epoch": EpochEnd,
    "ended": Ended,
    "diverged": Diverged,
    "said": Said,
    "failed": Failed,
}
# Of a value by the annotation of its field.
_TYPES: dict[Any, tuple[type, ...]] = {
    int: (int,),
    float: (float, int),
    str: (str,),
    int | None: (int, type(None)),
    float | None: (float, int, type(None)),
}


def parsed(line: bytes) -> Message:
    """The message in a line; raises BaselineError where there is none."""
    try:
        told = json.loads(line)
        kind = _KINDS[told.pop("kind")]
        if kind is Steps:
            return _steps(told)
        for name, field in kind.__dataclass_fields__.items():
            if not isinstance(told[name], _TYPES[field.type]):
                raise TypeError(name)
        message: Message = kind(**told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        start = line[:60].decode(errors="replace")
        raise BaselineError(f"its process wrote '{start}' where it should say how it goes") from None
    return message


def _steps(told: dict[str, Any]) -> Steps:
    rows = []
    for step, loss, score, rate in told["rows"]:
        rows.append((int(step), float(loss), None if score is None else float(score), float(rate)))
    if not rows:
        raise ValueError("no steps")
    return Steps(tuple(rows), float(told["seconds"]))
