"""The headless commands, one per file: what each may be told, and what it does. The engine is loaded only to do it."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from nnlab.commands import (
    bench,
    compare,
    datasets,
    doctor,
    evaluate,
    export,
    gradcheck,
    import_weights,
    kinds,
    predict,
    resume,
    runs,
    sweep,
    train,
)


@dataclass(frozen=True)
class Command:
    """What a command may be told, described by a function whose docstring is its help; and its work, to an exit status."""

    describe: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS: dict[str, Command] = {
    "train": Command(train.describe, train.run),
    "sweep": Command(sweep.describe, sweep.run),
    "resume": Command(resume.describe, resume.run),
    "runs": Command(runs.describe, runs.run),
    "compare": Command(compare.describe, compare.run),
    "evaluate": Command(evaluate.describe, evaluate.run),
    "export": Command(export.describe, export.run),
    "import": Command(import_weights.describe, import_weights.run),
    "predict": Command(predict.describe, predict.run),
    "bench": Command(bench.describe, bench.run),
    "gradcheck": Command(gradcheck.describe, gradcheck.run),
    "datasets": Command(datasets.describe, datasets.run),
    "kinds": Command(kinds.describe, kinds.run),
    "doctor": Command(doctor.describe, doctor.run),
}
