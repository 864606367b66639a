"""On a Dask cluster a sweep comes to the same rows as here, and whatever happens to its machines is a sentence."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nnlab import __version__
from nnlab.errors import NnlabError
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.sweeps.cluster import Cluster
from nnlab.experiments.sweeps.events import Notice, SweepEvent
from nnlab.experiments.sweeps.here import Here
from nnlab.experiments.sweeps.reading import sweeps
from nnlab.experiments.sweeps.runner import SweepRun
from tests.experiments.sweeps.cases import BASE, DRAWN, sweep_of
from tests.experiments.sweeps.dask_cluster import DaskCluster
from tests.experiments.sweeps.test_runner import LONG, TWO_LONG, begins, decided, has_ended, kept, rows, state, worked_off
from tests.sentences import assert_one_sentence

pytestmark = [pytest.mark.peers, pytest.mark.slow]
pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


def test_its_trials_and_their_runs_are_those_of_this_process(cluster: DaskCluster, tmp_path: Path):
    sweep = sweep_of(tmp_path, f'{DRAWN}search = {{ kind = "random", trials = 5 }}')
    worked_off(sweep, tmp_path / "here", Here())
    heard = worked_off(sweep, tmp_path / "there", Cluster(cluster.address), folders=[tmp_path])
    assert not [event for event in heard if isinstance(event, Notice)]
    here, there = tmp_path / "here", tmp_path / "there"
    assert list(map(decided, rows(there))) == list(map(decided, rows(here)))
    assert list(kept(there)) == list(kept(here))
    with closing(RunStore(there / "runs")) as store:
        assert store.run(1).facts["folders"] == [str(Path.cwd()), str(tmp_path)]


def test_what_fails_there_fails_as_here_and_missing_data_names_the_worker(cluster: DaskCluster, tmp_path: Path):
    sweep = sweep_of(tmp_path, f"{BASE}vary.model.layers.2.units = [3, 2]")
    worked_off(sweep, tmp_path / "here")
    worked_off(sweep, tmp_path / "there", Cluster(cluster.address))
    assert list(map(decided, rows(tmp_path / "there"))) == list(map(decided, rows(tmp_path / "here")))
    source = 'set.dataset.source = { kind = "file", path = "absent.csv", label = "y" }'
    worked_off(
        sweep_of(tmp_path, f"{BASE}{source}\nvary.training.seed = [1, 2]"), tmp_path / "data", Cluster(cluster.address)
    )
    for trial in rows(tmp_path / "data"):
        assert trial.state == "failed"
        assert trial.reason.startswith("worker tcp://127.0.0.1:") and "absent.csv" in trial.reason


def test_cancelled_its_workers_are_free_at_once_and_the_sweep_goes_on(cluster: DaskCluster, tmp_path: Path):
    endless = sweep_of(tmp_path, f"{BASE}set.training.epochs = 1000000\nvary.training.seed = [1, 2, 3]")

    def stop(run: SweepRun, event: SweepEvent) -> None:
        if begins(event, 2):
            threading.Timer(0.5, run.cancel).start()

    worked_off(endless, tmp_path / "endless", Cluster(cluster.address), stop)
    assert [trial.state for trial in rows(tmp_path / "endless")] == ["cancelled", "cancelled", "waiting"]
    sweep = sweep_of(tmp_path)
    worked_off(sweep, tmp_path / "here")

    def cancel(run: SweepRun, event: SweepEvent) -> None:
        if has_ended(event, 1):
            run.cancel()

    there, before = tmp_path / "there", time.monotonic()
    worked_off(sweep, there, Cluster(cluster.address), cancel)
    assert state(there) == "stopped"
    worked_off(sweep, there, Cluster(cluster.address))
    assert time.monotonic() - before < 30
    assert list(map(decided, rows(there))) == list(map(decided, rows(tmp_path / "here")))


def test_a_worker_with_another_nnlab_is_refused_by_name(cluster: DaskCluster, tmp_path: Path):
    other = tmp_path / "other" / "nnlab"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text('__version__ = "0.0.7"')
    known = set(cluster.names())
    cluster.add_worker(str(other.parent))
    (name,) = set(cluster.names()) - known
    try:
        with pytest.raises(NnlabError) as caught:
            worked_off(sweep_of(tmp_path), tmp_path, Cluster(cluster.address))
        assert_one_sentence(caught.value, name, "has nnlab 0.0.7", f"install nnlab {__version__}")
    finally:
        cluster.end_worker(-1)
    with closing(RunStore(tmp_path / "runs")) as store:
        assert sweeps(store) == []


def test_a_trial_whose_worker_is_killed_is_done_again_on_another(tmp_path: Path):
    sweep = sweep_of(tmp_path, TWO_LONG)
    worked_off(sweep, tmp_path / "here")
    with DaskCluster(tmp_path) as cluster:

        def kill(run: SweepRun, event: SweepEvent) -> None:
            if begins(event, 2) and len(cluster.workers) == 2:
                threading.Timer(0.3, cluster.end_worker, (0,)).start()

        heard = worked_off(sweep, tmp_path / "there", Cluster(cluster.address), kill)
    notices = [event.words for event in heard if isinstance(event, Notice)]
    assert len(notices) == 1 and "its process died (worker tcp://127.0.0.1:" in notices[0]
    found = rows(tmp_path / "there")
    assert sorted(trial.deaths for trial in found) == [0, 0, 1]
    assert list(map(decided, found)) == list(map(decided, rows(tmp_path / "here")))


def test_a_cluster_that_lost_its_only_worker_goes_on_with_one_that_comes(tmp_path: Path):
    sweep = sweep_of(tmp_path, LONG)
    with DaskCluster(tmp_path, workers=1) as cluster:

        def exchange() -> None:
            cluster.end_worker(0)
            cluster.add_worker()

        def kill(run: SweepRun, event: SweepEvent) -> None:
            if begins(event, 1) and event.trial.deaths == 0:
                threading.Timer(0.3, exchange).start()

        worked_off(sweep, tmp_path, Cluster(cluster.address), kill)
    assert [(trial.state, trial.deaths) for trial in rows(tmp_path)] == [("done", 1), ("done", 0)]


def test_a_scheduler_that_is_gone_ends_the_sweep_in_a_sentence_and_it_can_go_on(tmp_path: Path):
    sweep = sweep_of(tmp_path, LONG)
    with DaskCluster(tmp_path, workers=1) as cluster:

        def kill(run: SweepRun, event: SweepEvent) -> None:
            if begins(event, 1):
                threading.Timer(0.3, cluster.end_scheduler).start()

        with pytest.raises(NnlabError) as caught:
            worked_off(sweep, tmp_path, Cluster(cluster.address), kill)
    assert_one_sentence(caught.value, cluster.address, "does not answer any more")
    assert state(tmp_path) == "stopped"
    worked_off(sweep, tmp_path)
    assert [trial.state for trial in rows(tmp_path)] == ["done"] * 2


@pytest.mark.parametrize("listens", [False, True], ids=["nobody", "somebody else"])
def test_an_unreachable_scheduler_is_told_of_within_five_seconds(listens: bool, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not listens:
            server.close()
        before = time.monotonic()
        with pytest.raises(NnlabError) as caught:
            worked_off(sweep_of(tmp_path), tmp_path, Cluster(f"tcp://127.0.0.1:{port}"))
    assert time.monotonic() - before < 5
    assert_one_sentence(caught.value, f"tcp://127.0.0.1:{port}", "no scheduler of Dask answers there")


def test_workers_are_none_of_a_scheduler_and_none_are_none(cluster: DaskCluster, tmp_path: Path):
    with pytest.raises(NnlabError, match=r"a Worker does"):
        worked_off(sweep_of(tmp_path), tmp_path, Cluster(cluster.names()[0]))
    with DaskCluster(tmp_path, workers=0) as empty, pytest.raises(NnlabError, match="has no workers"):
        worked_off(sweep_of(tmp_path), tmp_path, Cluster(empty.address))


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "tcp://here", "http://127.0.0.1:80", "tcp://a b:1"])
def test_what_is_no_address_is_told(address: str):
    with pytest.raises(NnlabError) as caught:
        Cluster(address)
    assert_one_sentence(caught.value, address, "tcp://127.0.0.1:8786")
