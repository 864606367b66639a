"""A progress bar on the terminal's error stream; nothing at all where that is not a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from nnlab.experiments.headless_training import Progress
from nnlab.report import Report, silent
from nnlab.terminal import is_watched
from nnlab.training import Step, TrainingRun
from nnlab.words import printable

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


@contextmanager
def _bar() -> "Iterator[Bar]":
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    # A name in brackets is no markup.
    description = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), description, TimeElapsedColumn(), TextColumn("ETA"), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True))
    # A terminal that is closed meanwhile is no reason to lose the work.
    with suppress(OSError):
        bar.start()
    try:
        yield bar
    finally:
        with suppress(OSError):
            bar.stop()


@contextmanager
def work_progress() -> Iterator[Report]:
    """Yields a Report that moves the bar; it is gone when the work is done."""
    if not is_watched():
        yield silent
        return
    with _bar() as bar:
        task = bar.add_task("starting", total=None)

        def show(what: str, share: float) -> None:
            known = share == share
            bar.update(task, completed=share if known else 0, total=1.0 if known else None, description=printable(what))

        yield show


@contextmanager
def training_progress() -> Iterator[Progress | None]:
    """Yields a function to call after every step, or None."""
    if not is_watched():
        yield None
        return
    with _bar() as bar:
        task = bar.add_task("starting")
        examples = 0

        def show(run: TrainingRun, step: Step, seconds: float) -> None:
            """How far it is, and how fast."""
            nonlocal examples
            examples += step.examples
            rate = examples / max(seconds, 1e-9)
            text = f"epoch {step.epoch}/{run.settings.epochs}  loss {step.loss:.4f}  {rate:,.0f} examples/s"
            bar.update(task, completed=step.number, total=run.total_steps, description=text)

        yield show
