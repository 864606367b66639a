"""scikit-learn's LinearSVC in a process of its own: the solver hears nothing while it works, but a process can be ended."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.errors import NnlabError
from nnlab.models.arrays import Array
from nnlab.probes.analyses import linear_svc_process as program

# Seconds between two calls of `wait`, and so until a cancel is heard.
_PATIENCE = 0.05
_ANSWERS = 4


@dataclass(frozen=True)
class FittedSVC:
    """What a fit gives, and the seconds it took itself.

    weight (machines, dims)    bias (machines,)    classes (n,): the labels that were there
    """

    weight: Array
    bias: Array
    classes: Array
    iterations: int
    most_iterations: int
    seconds: float

    def predict(self, inputs: Array) -> Array:
        """The label of each row of (N, dims)."""
        scores = inputs @ self.weight.T + self.bias
        # One machine tells two classes apart, by the side of its line.
        best = (scores[:, 0] > 0).astype(np.intp) if len(self.bias) == 1 else scores.argmax(axis=1)
        return np.take(self.classes, best)

    def lines_of(self, classes: int) -> tuple[Array, Array]:
        """The weights (dims, classes) and biases (classes,) of one machine for each of so many classes.

        Of two classes the one machine and its mirror image; a class without examples is denied everywhere.
        """
        weight, bias = np.zeros((self.weight.shape[1], classes)), np.full(classes, -1.0)
        is_alone = len(self.bias) == 1
        weight[:, self.classes] = np.vstack((-self.weight, self.weight)).T if is_alone else self.weight.T
        bias[self.classes] = np.hstack((-self.bias, self.bias)) if is_alone else self.bias
        return weight, bias


def fit_linear_svc(inputs: Array, labels: Array, penalty: float, wait: Callable[[], None]) -> FittedSVC:
    """Fit to inputs (N, dims) and labels (N,). `wait` is called all the while; where it raises, the process is killed."""
    answer: list[Array] = []
    process = _started()
    talks = [
        threading.Thread(target=_ask, args=(process, (np.array([penalty]), inputs, labels))),
        threading.Thread(target=_listen, args=(process, answer)),
    ]
    try:
        for talk in talks:
            talk.start()
        while talks[-1].is_alive():
            wait()
            talks[-1].join(_PATIENCE)
        status = process.wait()
    finally:
        process.kill()
        for talk in talks:
            talk.join()
        _close(process)
    if len(answer) < _ANSWERS:
        raise NnlabError(_reason(status))
    weight, bias, classes, figures = answer
    return FittedSVC(weight, bias, classes, int(figures[0]), int(figures[1]), float(figures[2]))


def _started() -> subprocess.Popen[bytes]:
    # -P: the modules that lie beside the program are not to be taken for others of the same names.
    command = [sys.executable, "-P", str(Path(program.__file__))]
    try:
        return subprocess.Popen(  # noqa: S603, this interpreter and a program of nnlab's own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # On Windows a program without a window of its own would be given a console.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise NnlabError(f"scikit-learn's LinearSVC: no process can be started for it ({error.strerror or error})") from None


def _ask(process: "subprocess.Popen[bytes]", arrays: tuple[Array, ...]) -> None:
    """The input stays open: its end tells the process that nobody waits any more."""
    assert process.stdin is not None
    # A process that has ended is told by its missing answer.
    with suppress(OSError):
        program.send(process.stdin, *arrays)


def _listen(process: "subprocess.Popen[bytes]", answer: list[Array]) -> None:
    assert process.stdout is not None
    with suppress(OSError, ValueError):
        answer += program.receive(process.stdout, _ANSWERS)


def _close(process: "subprocess.Popen[bytes]") -> None:
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        # What could not be sent any more fails once more.
        with suppress(OSError):
            stream.close()


def _reason(status: int) -> str:
    if status == program.OUT_OF_MEMORY:
        return "scikit-learn's LinearSVC: there is not enough memory for it; close other programs"
    return f"scikit-learn's LinearSVC: its process ended without an answer (exit status {status})"
