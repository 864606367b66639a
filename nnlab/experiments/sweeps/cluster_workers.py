"""Which workers a Dask cluster has, and which of them can train: those that have this very nnlab."""

import platform
import time
from collections.abc import Callable
from typing import Any

from nnlab import __version__
from nnlab.errors import NnlabError
from nnlab.experiments.computer import engine_versions
from nnlab.words import shown

# A cluster that has lost all its workers may get some again: to start takes them seconds.
_EMPTY_SECONDS = 30.0


class ClusterWorkers:
    """Looked at now and then, by the thread that uses the client."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self.names: set[str] = set()  # of those that can train
        self._refused: set[str] = set()
        self._alive = time.monotonic()
        self.looked = 0.0

    def look(self) -> tuple[list[str], list[str]]:
        """Sentences: of new workers that cannot train, why not; and of those that can, what is to be known besides.

        Raises NnlabError where the scheduler or all workers are gone.
        """
        self.looked = time.monotonic()
        self.check_scheduler()
        try:
            now = set(self._client.nthreads())
            new = sorted(now - self.names - self._refused)
            versions = self._client.run(_version_there(), workers=new, on_error="return") if new else {}
            able = [worker for worker in new if versions.get(worker) == __version__]
            engines = self._client.run(_engine, workers=able, on_error="return") if able else {}
        except Exception as error:
            raise self._gone(reason_of(error)) from None
        self.names = (self.names & now) | set(able)
        self._refused = (self._refused & now) | set(new) - set(able)
        if self.names:
            self._alive = self.looked
        elif self.looked > self._alive + _EMPTY_SECONDS:
            raise NnlabError(f"{self._address}: the cluster has lost all its workers; start some, then the sweep again")
        here = _engine()
        other = [f"worker {one} has {engines[one]}, here is {here}: bits may differ" for one in able if engines[one] != here]
        return [f"worker {one} {_stranger(versions.get(one))}" for one in new if one not in able], other

    def check_scheduler(self) -> None:
        """Raise NnlabError where the connection to it is lost."""
        if self._client.status != "running":
            raise self._gone("the connection is lost")

    def _gone(self, reason: str) -> NnlabError:
        return NnlabError(
            f"{self._address}: the scheduler does not answer any more ({reason}); start it, then the sweep again"
        )


def reason_of(error: object) -> str:
    """What an error says, in a line that is not long."""
    text = str(error).partition("\n")[0]
    return shown(text or type(error).__name__, 200)


def _version_there() -> Callable[[], str]:
    """A function that is sent as it stands, and so runs where there is no nnlab, too, or another one."""

    def version() -> str:
        import nnlab

        return nnlab.__version__

    return version


def _engine() -> str:
    """What bits depend on beside nnlab and the threads, in words."""
    found = engine_versions()
    return f"NumPy {found['numpy']}, {found['blas']}, {platform.machine()}"


def _stranger(version: object) -> str:
    """Why a worker that gave this answer cannot train."""
    if isinstance(version, str):
        return f"has nnlab {shown(version)}, expected {__version__} as here"
    return "has no nnlab" if isinstance(version, ImportError) else f"does not tell its nnlab ({reason_of(version)})"
