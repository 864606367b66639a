"""What the store is told of a run at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.journal.curve_parts import CurvePart
from nnlab.experiments.journal.records import Snapshot


@dataclass(frozen=True)
class Written:
    """What is new about a run since it was written last.

    columns: of its row    curves: parts of its tables
    snapshot, content: its whole state and that file; None of a run that another framework trains, of which there is none
    gone_back_to: the step that the run went back to, beyond which nothing is true any more; None where it only went on
    unknown: steps that no replay leads to, and whose snapshots could not be written
    """

    columns: dict[str, Any]
    snapshot: Snapshot | None = None
    content: bytes = b""
    curves: Sequence[CurvePart] = ()
    gone_back_to: int | None = None
    unknown: Sequence[int] = ()
