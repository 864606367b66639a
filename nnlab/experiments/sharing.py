"""Among how many processes and threads a run's steps are shared out."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlab.errors import SettingError
from nnlab.experiments.computer import available_cores, set_threads
from nnlab.experiments.experiment import Experiment
from nnlab.training import TrainingRun
from nnlab.training.crew.engaging import engage, reason_against
from nnlab.training.crew.parts import MOST_HELPERS


@contextmanager
def sharing(run: TrainingRun, experiment: Experiment, threads: int, helpers: int) -> Iterator[int]:
    """While this lasts the run has its helpers; yields the threads of BLAS in this process.

    threads: 0 for all cores, or 1 where helpers share the work    helpers: processes, this one among them; 0 for as many as
    pay on this machine, and for 1 where threads are asked for. Raises SettingError as `check_sharing` does, and where
    threads are asked for in a run that goes on with its helpers.
    """
    check_sharing(run, experiment, threads, helpers)
    if not helpers:
        # What it is measured with is loaded for a run that may have helpers alone.
        from nnlab.experiments.what_pays import helpers_that_pay

        # What has steps behind it stays divided as it was; who asks for threads does not ask for helpers.
        is_settled = run.step or run.helpers > 1 or threads
        helpers = run.helpers if is_settled else helpers_that_pay(run, experiment)
        if helpers > 1 and threads > 1:
            raise SettingError(
                f"--threads {threads}: the {helpers} helpers of this run have one thread each; leave --threads away, or "
                "give --helpers 1"
            )
    used = set_threads(threads or (1 if helpers > 1 else 0))
    if helpers > 1:
        run.alone_because = engage(run, experiment.model, helpers)
    elif run.helpers > 1:
        # Whatever speaks against a crew.
        run.divide(1)
    try:
        yield used
    finally:
        if run.crew is not None:
            run.crew.dismiss()


def check_sharing(run: TrainingRun, experiment: Experiment, threads: int, helpers: int) -> None:
    """Raise SettingError for a number that makes no sense, for threads beside helpers, and where helpers are asked for that
    this model cannot have.
    """
    check_helpers(helpers, "as many as pay")
    if helpers > 1 and threads > 1:
        raise SettingError(
            f"--threads {threads} --helpers {helpers}: each helper has one thread; leave one of the two options away"
        )
    if helpers > 1 and (reason := reason_against(run, experiment.model)):
        raise SettingError(
            f"--helpers {helpers}: the steps of this run cannot be shared out: {reason}; leave --helpers away"
        )


def check_helpers(helpers: int, none: str) -> None:
    """Raise SettingError for a number that makes no sense; 0 stands for what is said."""
    if not 0 <= helpers <= MOST_HELPERS:
        raise SettingError(f"--helpers: {helpers:,} is out of range; it must be 1 to {MOST_HELPERS}, or 0 for {none}")


def crowding(helpers: int) -> str:
    """What so many helpers do to each other on this machine, or ""; it changes no bits."""
    cores = available_cores()
    if helpers <= cores or helpers > MOST_HELPERS:
        return ""
    return f"more helpers ({helpers}) than cores ({cores}): they wait for each other"
