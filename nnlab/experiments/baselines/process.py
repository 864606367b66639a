"""A process that trains, from the side that started it: what it is told to do, and what it tells."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from nnlab.experiments.baselines import runner
from nnlab.experiments.baselines.messages import FINAL, Failed, Message, parsed
from nnlab.experiments.child_process import EndedProcessError, lines_of, python_command


def script_command(script: Path, data: Path | None, vectors: Path) -> list[str]:
    """Train by a script; data is the folder that holds mnist/ and the like."""
    return [sys.executable, "-P", runner.__file__, str(script), str(data or ""), str(vectors)]


def own_command(experiment: Path, vectors: Path, threads: int, folders: Sequence[Path]) -> list[str]:
    """Train by nnlab."""
    words = (str(experiment), str(vectors), str(threads), *map(str, folders))
    return python_command("nnlab.experiments.baselines.own", *words)


def listen(command: list[str], threads: int, wait: Callable[[], None]) -> Iterator[Message]:
    """What the process tells, until it has told the last. `wait` is called all the while; where it raises, or nobody
    listens any more, the process is killed.
    """
    with closing(lines_of(command, threads, wait)) as lines:
        try:
            for line in lines:
                message = parsed(line)
                yield message
                if isinstance(message, FINAL):
                    return
        except EndedProcessError as error:
            yield Failed(str(error))
