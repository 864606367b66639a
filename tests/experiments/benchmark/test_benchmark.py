"""The benchmark times what it says, beside peers that compute the same, and keeps what it found."""

import json
import os
from pathlib import Path

import pytest

from nnlab import optional
from nnlab.cli import main
from nnlab.errors import CancelledError, DatasetError, SettingError
from nnlab.experiments.benchmark import kept, measuring, pictures, timing
from nnlab.experiments.benchmark.agreement import DisagreementError, check_agreement
from nnlab.experiments.benchmark.beside import BenchmarkError, all_kept, measured_beside
from nnlab.experiments.benchmark.kept import facts_of, keep, kept_benchmarks
from nnlab.experiments.benchmark.measuring import Measuring, chosen_workloads, measured
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.experiments.benchmark.pictures import load_pictures
from nnlab.experiments.benchmark.products import multiply_adds
from nnlab.experiments.benchmark.timing import Timing
from nnlab.experiments.benchmark.workloads import WORKLOADS
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.optional import MissingPackageError

MLP = WORKLOADS[0]
HOW = Measuring(1, 1, is_quick=True)
BY_NAME = {workload.key: workload for workload in WORKLOADS}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nothing here is about how long anything takes: other programs are not waited for."""
    monkeypatch.setattr(timing, "_LONGEST_WAIT", 0.0)
    monkeypatch.setattr(kept, "sgemm_peak", lambda: 99.0)


@pytest.fixture(scope="module")
def drawn():
    """Pictures by chance: no folder is looked into."""
    return load_pictures([])


def test_without_mnist_pictures_of_its_size_are_drawn_the_same_every_time(drawn):
    again = load_pictures([])
    assert not drawn.is_mnist and drawn.dataset.train.inputs.shape == (60_000, 28, 28, 1)
    assert (again.labels == drawn.labels).all() and (again.inputs == drawn.inputs).all()
    assert drawn.inputs.min() == 0 and drawn.inputs.max() == 1


def test_a_damaged_mnist_is_told_and_not_replaced(monkeypatch):
    def damaged(*_):
        raise DatasetError("train-images: the checksum is another")

    monkeypatch.setattr(pictures, "load_dataset", damaged)
    with pytest.raises(DatasetError, match="checksum"):
        load_pictures([])


def test_beginnings_of_names_choose_and_an_unknown_one_is_named():
    assert [workload.key for workload in chosen_workloads("rbm, cnn-64")] == ["rbm-256", "rbm-500", "cnn-64"]
    assert chosen_workloads("") == WORKLOADS
    with pytest.raises(SettingError, match="--only resnet: no workload is called so"):
        chosen_workloads("resnet")


def test_multiply_adds_are_those_of_the_matrices(drawn):
    def counted(key):
        return multiply_adds(BY_NAME[key].run(drawn.dataset).model)

    # Forward and by the weights of the first layer, and by its inputs, too, of the others.
    assert counted("mlp-128") == 2 * 784 * 128 + 3 * 128 * 10
    assert counted("rbm-256") == 5 * 784 * 256
    # 26 x 26 places of 8 kernels, then 13 x 13 x 8 numbers to 10 classes.
    assert counted("cnn-64") == 2 * 26 * 26 * 9 * 8 + 3 * 1352 * 10


def test_a_peer_that_computes_something_else_is_not_timed(drawn, monkeypatch):
    class Other:
        def first_steps(self, steps):
            return [1.0] * steps

    with pytest.raises(
        DisagreementError,
        match=r"MLP 784-128-10, SGD, batch 128, other: loss of step 1: nnlab says .*, the peer 1; it was not",
    ):
        check_agreement(MLP.title, MLP.run(drawn.dataset, shuffle=False), lambda model: {"other": Other()}, drawn.inputs)


def test_where_the_peer_is_not_here_nnlab_is_timed_alone_and_the_line_that_installs_it_is_told(drawn, monkeypatch):
    def missing(*_):
        raise MissingPackageError(optional.missing_sentence("torch"))

    monkeypatch.setitem(measuring._PEERS, "torch", missing)
    found = measured(MLP, drawn, HOW)
    assert found.seconds > 0 and found.ratio is None
    assert found.why == "PyTorch is not installed; pip install torch"


def test_scikit_learn_agrees_and_is_timed(drawn):
    found = measured(BY_NAME["sklearn-mlp"], drawn, HOW)
    assert found.peer == "scikit-learn" and found.why == ""
    assert found.ratio == found.seconds / found.peer_seconds > 0
    assert found.rate == pytest.approx(2e-9 * (2 * 784 * 128 + 3 * 128 * 10) * 60_000 / found.seconds)


@pytest.mark.slow
@pytest.mark.peers
@pytest.mark.parametrize("key", ["mlp-128", "mlp-adam", "autoencoder", "rbm-256", "deep-cnn-64"])
def test_pytorch_computes_the_same(key, drawn, monkeypatch):
    pytest.importorskip("torch")

    def timed(contestants, *_):
        for call in contestants.values():
            call()
        return {name: Timing(1.0, 0.0) for name in contestants}

    monkeypatch.setattr(measuring, "take_turns", timed)
    monkeypatch.setattr(measuring, "QUICK_STEPS", 2)
    found = measured(BY_NAME[key], drawn, HOW)
    assert found.why == "" and found.peer.startswith("PyTorch")


def test_what_was_found_is_kept_and_a_damaged_row_costs_itself_alone(tmp_path):
    store, _ = open_store(tmp_path)
    outcomes = [
        Outcome("mlp-128", "MLP", 0.25, 100.0, 0.0, "PyTorch", 0.5),
        Outcome("x", "X", 1.0, 5.0, 0.1, why="no torch"),
    ]
    first = keep(store, facts_of(HOW, is_mnist=True), outcomes)
    second = keep(store, {"threads": 2}, outcomes[:1])
    with store.transaction() as connection:
        connection.execute("UPDATE benchmarks SET outcomes = '{' WHERE number = ?", (second,))
    (kept_one,) = kept_benchmarks(store)
    assert kept_one.number == first and kept_one.outcomes == tuple(outcomes)
    assert kept_one.outcomes[0].ratio == 0.5 and kept_one.facts["threads"] == 1 and kept_one.facts["sgemm_peak"] == 99
    store.close()


@pytest.mark.slow
def test_the_command_measures_tells_keeps_and_lists(capsys, monkeypatch):
    monkeypatch.setattr(measuring, "QUICK_STEPS", 3)
    words = ["bench", "--only", "sklearn-mlp", "--repeats", "1", "--threads", "1", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    (row,) = told["workloads"]
    assert row["key"] == "sklearn-mlp" and row["ratio"] > 0 and told["threads"] == 1 and told["quick"]
    assert main(["bench", "--list"]) == 0
    listed = capsys.readouterr().out
    assert f"benchmark {told['number']}: nnlab" in listed and "scikit-learn" in listed
    store, _ = open_store(runs_folder())
    assert [one.number for one in kept_benchmarks(store)] == [told["number"]]
    store.close()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--repeats", "0"), "repeats: 0 is out of range; it must be 1 ... 100"),
        (("--only", "resnet"), "--only resnet: no workload is called so; known are: autoencoder"),
        (("--threads", "-1"), "threads: -1 is out of range"),
    ],
)
def test_what_cannot_be_measured_is_told_in_a_sentence(words, sentence, capsys):
    assert main(["bench", *words]) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.slow
def test_beside_a_window_it_runs_in_a_process_of_its_own_and_is_kept():
    told, shown = [], set()
    number = measured_beside("sklearn-mlp", 1, 1, True, [], told.append, lambda what, _: shown.add(what))
    (kept_one,) = all_kept()
    assert kept_one.number == number and kept_one.outcomes == tuple(told) and told[0].ratio > 0
    assert kept_one.facts["pictures"] == "by chance" and told[0].title in shown


@pytest.mark.slow
def test_cancelled_it_ends_its_process_and_keeps_nothing():
    def cancel(what, _):
        if what == WORKLOADS[0].title:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        measured_beside("mlp-128", 1, 1, True, [], print, cancel)
    assert all_kept() == [] and children() == []


def test_what_its_process_refuses_is_told_in_its_sentence():
    with pytest.raises(BenchmarkError, match="--only resnet: no workload is called so"):
        measured_beside("resnet", 1, 1, True, [], print, lambda *_: None)


def children():
    """The processes that this one started and that have not ended."""
    me = str(os.getpid())
    stats = [path.read_text().rsplit(")", 1)[1].split() for path in Path("/proc").glob("[0-9]*/stat") if path.exists()]
    return [stat for stat in stats if stat[1] == me and stat[0] != "Z"]
