"""A real scheduler and real workers of Dask on loopback, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_PATIENCE = 40.0


class DaskCluster:
    """Started within, ended at the end; `home` is the workers' own, in which there is no store of runs."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        self._wanted = workers

    def __enter__(self) -> "DaskCluster":
        self._start("dask_scheduler", "--scheduler-file", str(self._file), "--port", "0", "--no-jupyter")
        self._wait(self._file.exists)
        self.address: str = json.loads(self._file.read_text())["address"]
        for _ in range(self._wanted):
            self.add_worker()
        return self

    def __exit__(self, *error: Any) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def add_worker(self, *first_on_the_path: str) -> None:
        """One more, which may find another nnlab first."""
        before = set(self.names())
        words = ("--no-nanny", "--nthreads", "1", "--local-directory", str(self._folder / "scratch"))
        self.workers.append(self._start("dask_worker", self.address, *words, first=first_on_the_path))
        self._wait(lambda: set(self.names()) - before)

    def end_worker(self, place: int, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill one."""
        process = self.workers.pop(place)
        process.send_signal(number)
        process.wait()

    def end_scheduler(self) -> None:
        """Kill it."""
        self._processes[0].kill()
        self._processes[0].wait()

    def names(self) -> list[str]:
        """The addresses of the workers that the scheduler knows."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return sorted(client.nthreads())

    def _start(self, module: str, *words: str, first: tuple[str, ...] = ()) -> "subprocess.Popen[bytes]":
        paths = os.pathsep.join((*first, *sys.path))
        home = {"NNLAB_HOME": str(self._folder / "home"), "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", f"distributed.cli.{module}", *words, "--host", "127.0.0.1", "--no-dashboard"]
        with (self._folder / "dask.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | home, cwd=self._folder)
        self._processes.append(process)
        return process

    def _wait(self, is_so: Any) -> None:
        until = time.monotonic() + _PATIENCE
        while not is_so():
            if time.monotonic() > until:
                raise AssertionError((self._folder / "dask.log").read_text()[-3000:])
            time.sleep(0.05)
