"""A baseline in the store of runs: a row with its curves and figures, and without snapshots, since its state is another
framework's.
"""

import json
import platform
import time
from collections.abc import Mapping
from typing import Any

from nnlab.errors import RunStoreError
from nnlab.experiments.baselines.trajectory import Trajectory
from nnlab.experiments.journal.curve_parts import CurveParts
from nnlab.experiments.journal.records import RunRecord, figures_of, small_curve
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.written import Written

# Seconds of training between two times that it is written.
_SECONDS = 0.5
TAG = "baseline"


class BaselineRow:
    """Of one baseline beside nnlab's own run, on the thread that opened the store. It is held until it is closed."""

    def __init__(
        self, store: RunStore, own: RunRecord, title: str, facts: Mapping[str, Any], trajectory: Trajectory
    ) -> None:
        self._store, self._trajectory = store, trajectory
        self._facts = {**_kept(own), **facts, "beside": own.number, "machine": platform.platform()}
        self._parts = CurveParts()
        self._written = time.monotonic()
        self.number = store.begin(
            {
                "name": f"{own.name} in {title}",
                "experiment": own.present,
                "present": own.present,
                "settings": json.dumps(dict(own.settings)),
                "data": own.data,
                "facts": json.dumps(self._facts),
                "started": time.time(),
                "tags": json.dumps((TAG,)),
            }
        )
        self._lock = store.hold(self.number)

    def follow(self) -> None:
        """Write what is new now and then."""
        if time.monotonic() >= self._written + _SECONDS:
            self.write()

    def write(self, ending: str = "", facts: Mapping[str, Any] | None = None) -> None:
        """What is new; with more facts."""
        told = self._trajectory
        if ending:
            # Many small parts become one.
            self._parts.begin_anew()
        self._facts |= facts or {}
        columns = {
            "seconds": told.seconds,
            "step": told.step,
            "epoch": told.epoch,
            "ending": ending,
            "figures": json.dumps(figures_of(told.history)),
            "curve": small_curve(told.history).tobytes(),
            "facts": json.dumps(self._facts),
        }
        try:
            self._store.write(self.number, Written(columns, curves=self._parts.new_of(told.history)))
        except RunStoreError:
            # Which of it is there is not known.
            self._parts.begin_anew()
            raise
        self._written = time.monotonic()

    def close(self) -> None:
        """Nobody trains it any more."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _kept(own: RunRecord) -> dict[str, Any]:
    """The facts about data and model, which are the same."""
    names = ("parameters", "title", "score", "folders", "threads", "cores", "examples")
    return {name: own.facts[name] for name in names if name in own.facts}
