"""Among how many processes and threads a run's steps are shared out."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.errors import SettingError
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment
from nnlab.training import TrainingRun
from nnlab.training.crew.engaging import engage, reason_against
from nnlab.training.crew.parts import MOST_HELPERS


@contextmanager
def sharing(run: TrainingRun, experiment: Experiment, threads: int, helpers: int) -> Iterator[int]:
    """While this lasts the run has its helpers; yields the threads of BLAS in this process.

    threads: 0 for all cores, or 1 where helpers share the work    helpers: processes, this one among them; 0 for as many as
    pay on this machine, and for 1 where threads are asked for. Raises SettingError for a number that makes no sense, and
    where helpers are asked for that this model cannot have.
    """
    if not 0 <= helpers <= MOST_HELPERS:
        raise SettingError(f"--helpers: {helpers} is out of range; it must be 1 to {MOST_HELPERS}, or 0 for as many as pay")
    if helpers > 1 and (reason := reason_against(run, experiment.model)):
        raise SettingError(
            f"--helpers {helpers}: the steps of this run cannot be shared out: {reason}; leave --helpers away"
        )
    if not helpers:
        # What it is measured with is loaded for a run that may have helpers alone.
        from nnlab.experiments.what_pays import helpers_that_pay

        # What has steps behind it stays divided as it was; who asks for threads does not ask for helpers.
        helpers = run.helpers if run.step or threads else helpers_that_pay(run, experiment)
    used = set_threads(threads or (1 if helpers > 1 else 0))
    if helpers > 1 or run.helpers > 1:
        run.alone_because = engage(run, experiment.model, helpers)
    try:
        yield used
    finally:
        if run.crew is not None:
            run.crew.dismiss()
