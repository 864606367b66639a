"""nnlab's other form: helpers share every batch, each of them with one thread of BLAS."""

import time
from collections.abc import Sequence
from dataclasses import replace

from threadpoolctl import ThreadpoolController

from nnlab.models.model import ModelSettings
from nnlab.training import TrainingRun
from nnlab.training.crew.engaging import engage, reason_against

# Seconds until helpers have to be there, where nothing else is said; and of a stretch, as a headless run has them.
_PATIENCE, _STRETCH = 30.0, 0.1


class Together:
    """A run with so many helpers, this process among them; they have come when this is made, or `trouble` says why not."""

    def __init__(self, run: TrainingRun, model: ModelSettings, helpers: int, patience: float = _PATIENCE) -> None:
        self._run, self._patience = run, patience
        self._controller = ThreadpoolController()
        self.trouble = reason_against(run, model) or engage(run, model, helpers)
        if not self.trouble and not self._have_come():
            self.trouble = (run.crew.trouble if run.crew else "") or "the helpers did not come"
            self.end()

    @property
    def process_numbers(self) -> Sequence[int]:
        """Of the helpers besides this process."""
        return self._run.crew.process_numbers if self._run.crew else ()

    def train(self, steps: int) -> None:
        """So many steps, not one more; fewer where training ends before."""
        run = self._run
        run.settings = replace(run.settings, steps=run.step + steps)
        with self._controller.limit(limits=1, user_api="blas"):
            while steps > 0 and (made := run.stretch(_STRETCH)):
                steps -= len(made)

    def end(self) -> None:
        """Let the helpers go."""
        if self._run.crew is not None:
            self._run.crew.dismiss()

    def _have_come(self) -> bool:
        crew, until = self._run.crew, time.monotonic() + self._patience
        while crew is not None and time.monotonic() < until and not crew.trouble:
            if crew.have_come():
                return True
            time.sleep(0.01)
        return False
