"""Trials trained on a Dask cluster: one at a time on each of its workers, which send the runs back to be written here.

A trial is given to one worker by name. So it is known whose it is where one dies, which trials begin is decided here, as it
is for processes, and a worker that comes later is looked at before it gets one.
"""

import asyncio
import logging
import re
import socket
import time
import uuid
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError as CancelledFutureError
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from nnlab import __version__
from nnlab.errors import NnlabError
from nnlab.experiments.sweeps.cluster_worker import forget_data, train_there
from nnlab.experiments.sweeps.cluster_workers import ClusterWorkers, reason_of
from nnlab.experiments.sweeps.records import CANCELLED, FAILED
from nnlab.experiments.sweeps.task import Death, IsStopped, Outcome, Task
from nnlab.optional import required
from nnlab.words import shown

# A scheduler that does not answer is told of within five seconds.
_PATIENCE = 4.0
# A run of a hundred megabytes comes in a second; what has not come by then is asked for again.
_FETCH_SECONDS = 10.0
# Between two looks which workers there are.
_LOOK_SECONDS = 0.5
_ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d{1,5}")


class Cluster:
    """By the address of its scheduler: tcp://HOST:PORT."""

    def __init__(self, address: str) -> None:
        if not _ADDRESS.fullmatch(address):
            raise NnlabError(f"--scheduler {shown(address)}: expected an address such as tcp://127.0.0.1:8786")
        self._address = address
        self._distributed: Any = None
        self._client: Any = None
        self._name = f"nnlab-{uuid.uuid4().hex}"
        self._count = 0
        self._futures: dict[int, tuple[Any, str]] = {}  # of each trial, with its worker
        self._finished: SimpleQueue[Any] = SimpleQueue()
        self._lost: list[Outcome | Death] = []
        self._notices: list[str] = []

    def begin(self, store: Path, folders: Sequence[Path], is_stopped: IsStopped) -> None:
        """Connect, and see that every worker has this very nnlab."""
        self._here = str(Path.cwd())
        self._folders = [self._here, *(str(folder.absolute()) for folder in folders)]
        self._client = self._connected()
        self._workers = ClusterWorkers(self._client, self._address)
        try:
            strangers, self._notices = self._workers.look()
            if strangers:
                raise NnlabError(f"{strangers[0]}; install nnlab {__version__} there, or end that worker")
            if not self._workers.names:
                raise NnlabError(f"{self._address}: the cluster has no workers; start some: dask worker {self._address}")
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """One for each worker: trials side by side in one process would wait for each other."""
        return len(self._workers.names)

    def start(self, task: Task) -> None:
        """Give it to a worker that has none."""
        busy = {worker for _, worker in self._futures.values()}
        worker = next(one for one in sorted(self._workers.names) if one not in busy)
        self._count += 1
        key = f"{self._name}-{self._count}"
        there = (task, key, self._here, self._folders)
        future = self._client.submit(train_there, *there, key=key, workers=[worker], pure=False, retries=0)
        self._futures[task.trial] = future, worker
        future.add_done_callback(self._finished.put)

    def ended(self, patience: float) -> list[Outcome | Death]:
        """What came back, and whose worker is gone."""
        found, self._lost = self._lost, []
        with suppress(Empty):
            future = self._finished.get(timeout=0.0 if found else patience)
            while True:
                found += self._answers(future)
                future = self._finished.get_nowait()
        if time.monotonic() > self._workers.looked + _LOOK_SECONDS:
            for sentences in self._workers.look():
                self._notices += sentences
            gone = [trial for trial, (_, worker) in self._futures.items() if worker not in self._workers.names]
            found += [self._death(trial) for trial in gone]
        return found

    def stop(self) -> None:
        """The workers see that nobody wants what they train, and end that; what they made of it is not kept."""
        self._lost += [Outcome(trial, CANCELLED, "stopped") for trial in self._futures]
        self._client.cancel([future for future, _ in self._futures.values()])
        self._futures.clear()

    def close(self) -> None:
        """Leave the cluster as it was."""
        if self._client is None:
            return
        with suppress(Exception):
            if self._client.status == "running":
                self.stop()
                self._client.run(forget_data, workers=sorted(self._workers.names), on_error="ignore")
        self._client.close(timeout=_PATIENCE)
        self._client = None

    def _connected(self) -> Any:
        _check_answer(self._address)
        distributed = self._distributed = required("dask")
        # It tells of every connection that is lost, on stderr; here that is told in a sentence.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            asyncio.run(_check_scheduler(distributed, self._address))
            with _without_versions():
                return distributed.Client(self._address, timeout=_PATIENCE, set_as_default=False)
        except NnlabError:
            raise
        except TimeoutError:
            raise _no_scheduler(self._address, "whoever listens says nothing") from None
        except Exception:
            raise _no_scheduler(self._address, "something else does") from None

    def _answers(self, future: Any) -> list[Outcome | Death]:
        trial = next((trial for trial, (known, _) in self._futures.items() if known is future), None)
        if trial is None:
            # It was cancelled.
            return []
        _, worker = self._futures.pop(trial)
        try:
            return [self._told(future.result(timeout=_FETCH_SECONDS))]
        except TimeoutError:
            # It lay on a worker that is gone, or it is on its way; by then it is known which.
            self._futures[trial] = future, worker
            self._finished.put(future)
            return []
        except (self._distributed.KilledWorker, CancelledFutureError):
            self._workers.check_scheduler()
            return [Death(trial, f"worker {worker} is gone")]
        except Exception as error:
            return [Outcome(trial, FAILED, f"worker {worker}: {reason_of(error)}")]

    def _told(self, outcome: Outcome) -> Outcome:
        """With what is to be said besides."""
        notices, self._notices = self._notices, []
        return replace(outcome, notices=(*notices, *outcome.notices))

    def _death(self, trial: int) -> Death:
        future, worker = self._futures.pop(trial)
        # Nobody else is to begin it.
        future.cancel()
        return Death(trial, f"worker {worker} is gone")


def _check_answer(address: str) -> None:
    """Raise NnlabError at once where nobody at all listens: Dask itself would try again and again."""
    host, _, port = address.partition("://")[2].rpartition(":")
    try:
        socket.create_connection((host, int(port)), _PATIENCE / 2).close()
    except (OSError, OverflowError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _no_scheduler(address, reason) from None


async def _check_scheduler(distributed: Any, address: str) -> None:
    """Whoever listens may be anybody; a client that was never answered could not be closed again."""
    async with distributed.rpc(address) as remote:
        found = await asyncio.wait_for(remote.identity(), _PATIENCE / 2)
    if (kind := dict(found).get("type")) != "Scheduler":
        raise _no_scheduler(address, f"a {shown(kind)} does")


def _no_scheduler(address: str, reason: str) -> NnlabError:
    return NnlabError(f"{address}: no scheduler of Dask answers there ({reason}); see that it runs, and its address")


@contextmanager
def _without_versions() -> Iterator[None]:
    """Dask warns, in a table, where anybody has another version of one of a dozen packages; what matters is told here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Mismatched versions found")
        yield
