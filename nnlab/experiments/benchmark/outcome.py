"""What was found out about one workload, and what a result is made of."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """Seconds per epoch (full batch: per iteration) of nnlab and of the fastest form of the peer."""

    key: str
    title: str
    seconds: float
    # Multiply-adds of the model's matrix products, in GFLOP/s.
    rate: float
    # How many of the cores that they need other programs kept busy meanwhile, at worst.
    disturbance: float
    # Which form of the peer was the fastest; empty where the peer is not here, and `why` says so.
    peer: str = ""
    peer_seconds: float | None = None
    why: str = ""

    @property
    def ratio(self) -> float | None:
        """nnlab's time over the peer's: below 1 nnlab is faster."""
        return self.seconds / self.peer_seconds if self.peer_seconds else None

    def to_table(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "ratio": self.ratio}


def outcome_from_table(table: dict[str, Any]) -> Outcome:
    """What `to_table` made."""
    return Outcome(**{name: table[name] for name in Outcome.__dataclass_fields__ if name in table})
