"""The program that linear_svc.py runs in a process of its own: it reads arrays, fits LinearSVC to them, and writes arrays.

It knows nothing of nnlab, so that it starts as fast as it can.
"""

import os
import sys
import threading
import time
import warnings
from typing import IO, Any

import numpy as np
import numpy.typing as npt

OUT_OF_MEMORY = 3


class _Pipe:
    """Only what NumPy's format needs; of a file it would ask where it stands, which a pipe cannot tell."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.read, self.write = stream.read, stream.write


def send(stream: IO[bytes], *arrays: npt.NDArray[Any]) -> None:
    """Write arrays one after the other."""
    for array in arrays:
        np.lib.format.write_array(_Pipe(stream), np.ascontiguousarray(array), allow_pickle=False)
    stream.flush()


def receive(stream: IO[bytes], count: int) -> list[npt.NDArray[Any]]:
    """So many arrays that `send` wrote; ValueError where they end too early."""
    return [np.lib.format.read_array(_Pipe(stream), allow_pickle=False) for _ in range(count)]


def main() -> None:
    """Read C, inputs and labels; write weights, biases, classes, and [iterations, the most of them, seconds]."""
    # Before anybody reads the input: on Windows the libraries behind it ask about the input while they are loaded, and would
    # wait for a read that waits itself.
    from sklearn.svm import LinearSVC

    penalty, inputs, labels = receive(sys.stdin.buffer, 3)
    threading.Thread(target=_end_with_input, daemon=True).start()

    # The bias is not penalised in nnlab; scaled like this scikit-learn hardly penalises it either.
    machine = LinearSVC(C=float(penalty[0]), loss="hinge", intercept_scaling=10, random_state=0)
    # That it has not converged is told beside its figures; that the classes are many is known.
    warnings.simplefilter("ignore")
    started = time.perf_counter()
    machine.fit(inputs, labels)
    figures = np.array([machine.n_iter_, machine.max_iter, time.perf_counter() - started], float)
    send(sys.stdout.buffer, machine.coef_, machine.intercept_, machine.classes_, figures)


def _end_with_input() -> None:
    """Nobody waits for the answer any more once the other end of the input is closed, as the death of its process does."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    # At once: the thread that watches the input need not be waited for.
    os._exit(0)
