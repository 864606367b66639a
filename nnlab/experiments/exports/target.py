"""What is exported, and what a target is: what the modules of the targets and the table of them have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.experiments.experiment import Experiment
from nnlab.report import Report


@dataclass(frozen=True)
class Source:
    """What is exported: an experiment always; with the model file or the run of the store that it comes from, if any."""

    experiment: Experiment
    # Where data and encoders are looked for.
    folders: tuple[Path, ...]
    model: Path | None = None
    run: int | None = None


@dataclass(frozen=True)
class Export:
    """A target: what it is called in menus, a sentence about it, how its files end, and how it is written."""

    title: str
    what: str
    suffix: str
    write: Callable[[Source, Path, Report], Mapping[str, Any]]
    # What was learned is what it exports: a model file or a run of the store, and no bare experiment.
    needs_model: bool = False
    # What is typed before the path to go on with what was written; empty where that is for a program of one's own.
    command: str = ""
    # Raises UnsupportedExportError where an experiment cannot become one, as far as that is known without its data.
    check: Callable[[Experiment], None] = lambda experiment: None
