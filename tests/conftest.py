"""What every test shares: no screen, a home folder of its own, one BLAS thread, and the real data where it is at hand."""

import itertools
import os
import signal
from pathlib import Path

import hypothesis
import pytest

from nnlab.experiments.computer import set_threads

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Whoever starts the tests may have signals ignored, as nohup does, and every process would inherit that.
for _name in ("SIGINT", "SIGTERM", "SIGHUP"):
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) == signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.default_int_handler if _name == "SIGINT" else signal.SIG_DFL)
pytest.register_assert_rewrite("tests.sentences", "tests.experiments.cases", "tests.training.runs")

# The examples are a function of the code alone, and leave no folder behind.
hypothesis.settings.register_profile(
    "nnlab",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("nnlab")

PROJECT = Path(__file__).resolve().parent.parent
_HOMES = itertools.count()


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test keeps, it keeps in a folder of its own."""
    # Counted here: mktemp looks through all folders there are before it makes the next, which is slow after thousands.
    home = tmp_path_factory.getbasetemp() / f"home-{next(_HOMES)}"
    home.mkdir()
    monkeypatch.setenv("NNLAB_HOME", str(home))


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Two threads on a busy machine are slower than one, and a command may have changed the number."""
    set_threads(1)


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which no dataset lies anywhere."""
    monkeypatch.delenv("NNLAB_DATA", raising=False)
    monkeypatch.setattr("nnlab.experiments.places._SYSTEM_DATASETS", tmp_path / "no system datasets")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that holds mnist/ and fashion-mnist/."""
    folder = Path(os.environ.get("NNLAB_DATA") or PROJECT.parent / "shared" / "data")
    if not (folder / "mnist").is_dir():
        pytest.skip("the real data is not here; set NNLAB_DATA to a folder that holds mnist/ and fashion-mnist/")
    return folder
