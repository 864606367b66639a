"""The headless commands, one per file: what each may be told, and what it does. The engine is loaded only to do it."""

import argparse
import importlib
from collections.abc import Callable
from typing import NamedTuple


class Command(NamedTuple):
    """What a command may be told, described by a function whose docstring is its help; and its work, to an exit status."""

    describe: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


# Each with the file beside this one that is it. Only the one that is given is loaded: they are many.
COMMANDS: dict[str, str] = {
    "train": "train",
    "sweep": "sweep",
    "resume": "resume",
    "runs": "runs",
    "compare": "compare",
    "evaluate": "evaluate",
    "export": "export",
    "import": "import_weights",
    "predict": "predict",
    "bench": "bench",
    "gradcheck": "gradcheck",
    "datasets": "datasets",
    "kinds": "kinds",
    "doctor": "doctor",
}


def command(name: str) -> Command:
    """The command of this name."""
    module = importlib.import_module(f"nnlab.commands.{COMMANDS[name]}")
    return Command(module.describe, module.run)
