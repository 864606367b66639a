"""The program that trains by a script in a process of its own, and tells how it goes: one JSON object a line, on stdout.

    python -P runner.py SCRIPT DATA VECTORS

It knows nothing of nnlab, so that what it measures is the script's. A script is a module with

    Step(step, loss, score, rate)    Epoch(epoch, train_loss, train_score, validation_loss, validation_score)
    load_data(folder) -> data    build(data) -> model    train(model, data) -> Iterator[Step | Epoch]
    parameters(model) -> flat float32 vector    evaluate(model, inputs, targets) -> (loss, score), None where there is none

where data.test is (inputs, targets), and a SystemExit says to a person why it goes no further. The parameters after 1, 10,
100, ... steps and at the end are written as arrays into the folder VECTORS. Whatever the script prints goes to the error
stream. When the other end of the input is closed, as by the death of its process, this one ends.
"""

import hashlib
import importlib.util
import json
import math
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

# Of steps, before they are told in any case, and seconds.
_MOST_STEPS, _MOST_SECONDS = 1024, 0.1
END = "end"
# How scripts begin to say that a loss is no finite number.
_DIVERGED = "training diverged"


class Teller:
    """Holds the only way to what was the standard output."""

    def __init__(self) -> None:
        self._lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
        # Also what a library in C prints.
        os.dup2(2, 1)

    def tell(self, kind: str, **what: Any) -> None:
        """One line. That nobody reads is seen by who watches the input."""
        self._lines.write(json.dumps({"kind": kind, **what}) + "\n")
        self._lines.flush()


class Clock:
    """Seconds of training alone, since it was made and was let run."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._since = math.nan

    def go_on(self) -> None:
        """Training begins, or goes on."""
        self._since = time.perf_counter()

    def stop(self) -> None:
        """Something else comes, such as an evaluation."""
        self.seconds += time.perf_counter() - self._since


class Failure(Exception):
    """A sentence about what the script cannot do."""


class Divergence(Exception):
    """The script has said so itself."""


def main() -> None:
    """Do all of it, or tell what is wrong."""
    started = time.perf_counter()
    # Who started it ends it; the terminal's Ctrl-C is theirs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    teller = Teller()
    threading.Thread(target=end_with_input, daemon=True).start()
    script, data, vectors = sys.argv[1:4]
    play_or_tell(teller, lambda: play(_imported(Path(script)), Path(data), Path(vectors), teller, started))


def play_or_tell(teller: Teller, work: Any) -> None:
    """Do it, and leave at once: no thread of a library is waited for. What goes wrong is told in a sentence."""
    try:
        work()
    except Failure as failure:
        teller.tell("failed", sentence=str(failure))
    os._exit(0)


def play(script: Any, folder: Path, vectors: Path, teller: Teller, started: float, clock: Clock | None = None) -> None:
    """Load, build, train, and tell."""
    teller.tell("imported", seconds=time.perf_counter() - started)
    data = _tried("its data could not be loaded", script.load_data, folder)
    model = _tried("its model could not be built", script.build, data)
    size = int(_tried("its parameters could not be read", script.parameters, model).size)
    teller.tell("ready", parameters=size, seconds=time.perf_counter() - started)
    # nnlab itself, whose clock is its own, has nothing left to load.
    _Training(script, vectors, teller, started, clock or Clock(), loads_late=clock is None).run(model, data)


class _Training:
    """The steps of a script, in the time that they take alone.

    loads_late: a library may load in its first step what it needs (PyTorch does, for seconds): that counts as the second
    """

    def __init__(self, script: Any, vectors: Path, teller: Teller, started: float, clock: Clock, loads_late: bool) -> None:
        self._script, self._vectors, self._teller, self._started, self._clock = script, vectors, teller, started, clock
        self._rows: list[tuple[int, float, float | None, float]] = []
        self._told = time.perf_counter()
        self._step = 0
        self._first: float | None = None
        self._loads_late, self._loading = loads_late, 0.0  # seconds of the first step, until there is a second

    def run(self, model: Any, data: Any) -> None:
        """To the end, or to the first loss that is no number."""
        items = iter(_tried("it could not begin to train", self._script.train, model, data))
        while True:
            self._clock.go_on()
            before = self._clock.seconds
            try:
                item = _tried(f"it failed in step {self._step + 1:,}", next, items, None)
            except Divergence:
                self._diverge(self._step + 1)
                return
            self._clock.stop()
            if item is None:
                break
            if not hasattr(item, "step"):
                # What lies between the last step and this is an evaluation.
                self._clock.seconds = before
                self._end_epoch(item)
            elif not math.isfinite(item.loss):
                # What it does at its end is done before anybody hears of it.
                items.close()
                self._diverge(int(item.step))
                return
            else:
                self._settle(self._clock.seconds - before)
                self._take(item, model)
        self._end(model, data)

    def _settle(self, seconds: float) -> None:
        """What a step took; of the first, all that is above the second is no training."""
        if self._loads_late and self._first is None:
            self._loading = seconds
        elif self._loading:
            self._clock.seconds -= max(self._loading - seconds, 0.0)
            self._loading = 0.0

    def _diverge(self, step: int) -> None:
        self._tell_steps()
        self._teller.tell("diverged", step=step)

    def _take(self, step: Any, model: Any) -> None:
        self._step = int(step.step)
        if self._first is None:
            self._first = time.perf_counter() - self._started
        score = None if step.score is None else float(step.score)
        self._rows.append((self._step, float(step.loss), score, float(step.rate)))
        if is_looked_at(self._step):
            self._write(model, str(self._step))
        if len(self._rows) >= _MOST_STEPS or time.perf_counter() > self._told + _MOST_SECONDS:
            self._tell_steps()

    def _tell_steps(self) -> None:
        if self._rows:
            # Seconds never grow fewer: of the first step they are told with the second.
            self._teller.tell("steps", rows=self._rows, seconds=self._clock.seconds - self._loading)
            self._rows.clear()
        self._told = time.perf_counter()

    def _end_epoch(self, epoch: Any) -> None:
        self._tell_steps()
        figures = {name: _number(getattr(epoch, name)) for name in epoch._fields if name != "epoch"}
        self._teller.tell("epoch", epoch=int(epoch.epoch), step=self._step, **figures)

    def _end(self, model: Any, data: Any) -> None:
        self._tell_steps()
        inputs, targets = data.test
        loss, score = _tried("it could not be tested", self._script.evaluate, model, inputs, targets)
        vector = self._write(model, END)
        self._teller.tell(
            "ended",
            step=self._step,
            seconds=self._clock.seconds,
            test_loss=_number(loss),
            test_score=_number(score),
            first_step_seconds=self._first,
            peak_bytes=peak_bytes(),
            parameters_sha256=hashlib.sha256(vector.tobytes()).hexdigest(),
        )

    def _write(self, model: Any, name: str) -> Any:
        vector = np.ascontiguousarray(_tried("its parameters could not be read", self._script.parameters, model), np.float32)
        np.save(self._vectors / f"{name}.npy", vector)
        return vector


def is_looked_at(step: int) -> bool:
    """Whether the parameters after this step are compared: 1, 10, 100, ..."""
    while step > 1 and step % 10 == 0:
        step //= 10
    return step == 1


def peak_bytes() -> int | None:
    """The most memory that this process has had; None where nobody says."""
    try:
        # Of this program alone: what getrusage says may be of whoever started it.
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def end_with_input() -> None:
    """Nobody waits for the answer any more once the other end of the input is closed."""
    os.read(0, 1)
    os._exit(1)


def _imported(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    if spec is None or spec.loader is None:
        raise Failure(f"{path.name} is no script of Python")
    module = importlib.util.module_from_spec(spec)
    # Where dataclasses and the like look for it.
    sys.modules[module.__name__] = module
    _tried("it could not be imported", spec.loader.exec_module, module)
    return module


def _tried(what: str, work: Any, *given: Any) -> Any:
    try:
        return work(*given)
    except Failure:
        raise
    except MemoryError:
        raise Failure(f"{what}: there is not enough memory; close other programs") from None
    except SystemExit as error:
        # How a script speaks to a person.
        if str(error).startswith(_DIVERGED):
            raise Divergence from None
        raise Failure(f"{what} ({error})") from None
    # A script is anybody's, and a framework raises what it likes.
    except Exception as error:
        raise Failure(f"{what} ({type(error).__name__}: {error})") from None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


if __name__ == "__main__":
    main()
