"""What was found out about one workload, and what a result is made of."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Rival:
    """One more framework that the workload was timed in, by the fastest of its forms."""

    framework: str
    # The form; empty where there is no time, and `why` says so.
    peer: str = ""
    seconds: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """Seconds per epoch (full batch: per iteration) of nnlab and of the fastest form of its peers."""

    key: str
    title: str
    seconds: float
    # Multiply-adds of the model's matrix products, in GFLOP/s.
    rate: float
    # How many of the cores that they need other programs kept busy meanwhile, at worst.
    disturbance: float
    # Which form of the first peer was the fastest; empty where the peer is not here, and `why` says so.
    peer: str = ""
    peer_seconds: float | None = None
    why: str = ""
    # The further peers.
    others: tuple[Rival, ...] = ()
    # Among how many processes nnlab shared its batches in the faster of its forms; 1: it used BLAS's threads alone.
    helpers: int = 1

    @property
    def ratio(self) -> float | None:
        """nnlab's time over the first peer's: below 1 nnlab is faster."""
        return self.seconds / self.peer_seconds if self.peer_seconds else None

    def ratio_to(self, rival: Rival) -> float | None:
        """nnlab's time over a further peer's."""
        return self.seconds / rival.seconds if rival.seconds else None

    def to_table(self) -> dict[str, Any]:
        """As JSON has it."""
        others = [{**asdict(rival), "ratio": self.ratio_to(rival)} for rival in self.others]
        return {**asdict(self), "ratio": self.ratio, "others": others}


def outcome_from_table(table: dict[str, Any]) -> Outcome:
    """What `to_table` made."""
    known = {name: table[name] for name in Outcome.__dataclass_fields__ if name in table}
    others = tuple(_rival(row) for row in known.pop("others", ()))
    return Outcome(**known, others=others)


def _rival(table: dict[str, Any]) -> Rival:
    return Rival(**{name: table[name] for name in Rival.__dataclass_fields__ if name in table})
