"""The trials of a sweep as whoever runs it knows them; every change is written into the store at once."""

from typing import Any

from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.sweeps import ledger, reading
from nnlab.experiments.sweeps.records import DONE, ENDED, FAILED, RUNNING, WAITING, TrialRecord
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.task import Death, Outcome

# A trial whose process died is done again, once: it may have been the machine, and then again the trial.
_MOST_DEATHS = 2


class TrialBook:
    """Of one sweep of the store, on the thread that opened that."""

    def __init__(self, store: RunStore, number: int, sweep: Sweep) -> None:
        self._store, self._number, self._sweep = store, number, sweep
        self._trials = {trial.number: trial for trial in reading.trials(store, number)}
        self._count = sweep.count
        self.running: set[int] = set()

    @property
    def trials(self) -> list[TrialRecord]:
        """As far as they are known, in their order."""
        return [self._trials[number] for number in sorted(self._trials)]

    @property
    def is_done(self) -> bool:
        """Whether all there are have ended."""
        return len(self._trials) >= self._count and all(trial.state in ENDED for trial in self._trials.values())

    def waiting(self) -> list[TrialRecord]:
        """Those that can begin, in their order. Where all have ended it is asked what to try next."""
        trials = self.trials
        if len(trials) < self._count and all(trial.state in ENDED for trial in trials):
            results = [(trial.choices, trial.objective if trial.state == DONE else None) for trial in trials]
            proposed = self._sweep.proposed(results)
            ledger.add_trials(self._store, self._number, len(trials) + 1, proposed)
            self._trials = {trial.number: trial for trial in reading.trials(self._store, self._number)}
            trials = self.trials
        return [trial for trial in trials if trial.state not in ENDED and trial.number not in self.running]

    def begun(self, number: int) -> TrialRecord:
        """Somebody trains it from now on."""
        self.running.add(number)
        return self._changed(number, state=RUNNING, reason="")

    def refused(self, number: int, reason: str) -> TrialRecord:
        """Its choices make no experiment."""
        return self._changed(number, state=FAILED, reason=reason)

    def ended(self, outcome: Outcome) -> TrialRecord:
        """As it ended."""
        self.running.discard(outcome.trial)
        return self._changed(
            outcome.trial,
            state=outcome.state,
            reason=outcome.reason,
            objective=outcome.objective,
            figures=outcome.figures,
            checksum=outcome.checksum,
            seconds=outcome.seconds,
            kept=outcome.kept,
        )

    def died(self, death: Death) -> TrialRecord:
        """It is done again, unless that was so already."""
        self.running.discard(death.trial)
        trial = self._changed(death.trial, deaths=self._trials[death.trial].deaths + 1)
        if trial.deaths < _MOST_DEATHS:
            return self._changed(death.trial, state=WAITING, reason=f"its process died ({death.words}); it is done again")
        if trial.run is not None:
            # Nobody goes on with it.
            self._store.update(trial.run, ending="its process died twice")
        return self._changed(death.trial, state=FAILED, reason=f"its process died twice ({death.words})")

    def _changed(self, number: int, **columns: Any) -> TrialRecord:
        ledger.change_trial(self._store, self._number, number, **columns)
        trial = self._trials[number] = reading.trial(self._store, self._number, number)
        return trial
