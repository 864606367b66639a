"""From where in the store a run goes on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """A run of the store, and the step after which another goes on from it.

    is_last: whether that is the last one written, so that it may go on in the same row
    """

    number: int
    step: int
    is_last: bool = False
