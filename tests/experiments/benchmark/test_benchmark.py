"""The benchmark times what it says, beside peers that compute the same, and keeps what it found."""

import json
import multiprocessing
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab import optional
from nnlab.cli import main
from nnlab.errors import CancelledError, DatasetError, SettingError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.benchmark import kept, measuring, pictures, timing
from nnlab.experiments.benchmark.agreement import DisagreementError, check_agreement
from nnlab.experiments.benchmark.beside import BenchmarkError, all_kept, measured_beside
from nnlab.experiments.benchmark.contestants import CONTESTANTS, Contestant
from nnlab.experiments.benchmark.kept import facts_of, keep, kept_benchmarks
from nnlab.experiments.benchmark.measuring import Measuring, chosen_workloads, measured
from nnlab.experiments.benchmark.outcome import Outcome, Rival, outcome_from_table
from nnlab.experiments.benchmark.pictures import load_pictures
from nnlab.experiments.benchmark.products import multiply_adds
from nnlab.experiments.benchmark.timing import Timing
from nnlab.experiments.benchmark.together import Together
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
    for name, contestant in list(CONTESTANTS.items()):
        monkeypatch.setitem(CONTESTANTS, name, replace(contestant, forms=missing(name)))
    found = measured(MLP, drawn, HOW)
    assert found.seconds > 0 and found.ratio is None
    assert found.why == "PyTorch is not installed; pip install torch"
    assert found.others == (Rival("JAX", why="JAX is not installed; pip install jax"),)


def missing(name):
    """As a contestant is who is not installed."""

    def forms(*_):
        raise MissingPackageError(optional.missing_sentence(name))

    return forms


class Patient:
    """A peer that agrees with whatever it is told, and writes down how many steps it is asked for."""

    def __init__(self, losses=()):
        self.losses, self.asked = losses, []

    def train(self, steps):
        self.asked.append(steps)

    def first_steps(self, steps):
        return self.losses[:steps]


def test_every_peer_has_a_time_of_its_own_and_the_fastest_of_its_forms_counts(drawn, monkeypatch):
    first = [next(run).loss for run in [MLP.run(drawn.dataset, shuffle=False)] for _ in range(3)]
    times = {"nnlab": 2.0, "slow form": 9.0, "fast form": 4.0, "other": 1.0}

    def forms(*names):
        return Contestant("Peer", lambda *_: {name: Patient(first) for name in names})

    monkeypatch.setitem(CONTESTANTS, "torch", forms("slow form", "fast form"))
    monkeypatch.setitem(CONTESTANTS, "jax", forms("other"))
    monkeypatch.setattr(measuring, "take_turns", lambda calls, *_: {name: Timing(times[name], 0.0) for name in calls})
    found = measured(MLP, drawn, HOW)
    assert (found.peer, found.ratio) == ("fast form", 0.5)
    assert [(rival.peer, found.ratio_to(rival)) for rival in found.others] == [("other", 2.0)]


@pytest.mark.slow
@pytest.mark.parametrize(("seconds", "helpers"), [(1.0, 2), (3.0, 1)])
def test_the_faster_of_nnlabs_forms_counts_and_its_helpers_go(seconds, helpers, drawn, monkeypatch):
    told = []

    def timed(calls, repeats, threads, before, numbers):
        for call in calls.values():
            call()
        told.extend(numbers)
        return {name: Timing(seconds if name == measuring._TOGETHER else 2.0, 0.0) for name in calls}

    monkeypatch.setattr(measuring, "take_turns", timed)
    monkeypatch.setattr(measuring, "QUICK_STEPS", 5)
    found = measured(replace(MLP, peers=("sklearn",)), drawn, Measuring(2, 1, is_quick=True))
    assert found.helpers == helpers and found.seconds == pytest.approx(min(seconds, 2.0) * 469 / 5)
    assert len(told) == 1 and not multiprocessing.active_children()


def test_helpers_make_as_many_steps_as_they_are_asked_for(drawn):
    run = MLP.run(drawn.dataset)
    together = Together(run, MLP.experiment.model, 2)
    try:
        assert together.trouble == "" and len(together.process_numbers) == 1
        together.train(7)
        together.train(4)
        assert run.step == 11
    finally:
        together.end()


def test_batches_for_which_chains_make_one_move_have_no_helpers(drawn):
    work = BY_NAME["rbm-256"]
    chained = replace(work.experiment.model, persistent=True)
    together = Together(assemble(replace(work.experiment, model=chained), [], drawn.dataset), chained, 2)
    assert "depends on the others of its batch" in together.trouble and not together.process_numbers


def test_the_time_of_helpers_is_not_taken_for_other_programs():
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint(1, flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"1\n"
        # In ticks of a hundredth, and each of two parts may lack one.
        assert timing._seconds_of(other.pid) > 0.25
        other.communicate(b"\n")
    assert timing._seconds_of(other.pid) == 0


def test_of_a_slow_peer_so_many_steps_stand_for_an_epoch_as_there_is_time_for_and_the_last_call_is_as_many(monkeypatch):
    clock = iter([0.0, 2.0, 0.0, 0.01])
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: next(clock))
    slow, fast = Patient(), Patient()
    # 20 steps take 2 s, of which there is half of one.
    assert measuring._affordable(slow, 100, is_quick=True) == 5 and slow.asked == [20, 20, 5]
    assert measuring._affordable(fast, 100, is_quick=True) == 100 and fast.asked == [20, 20, 100]


def test_scikit_learn_agrees_and_is_timed(drawn):
    found = measured(BY_NAME["sklearn-mlp"], drawn, HOW)
    assert found.peer == "scikit-learn" and found.why == ""
    assert found.ratio == found.seconds / found.peer_seconds > 0
    assert found.rate == pytest.approx(2e-9 * (2 * 784 * 128 + 3 * 128 * 10) * 60_000 / found.seconds)


@pytest.mark.slow
@pytest.mark.peers
@pytest.mark.parametrize("key", ["mlp-128", "mlp-adam", "autoencoder", "rbm-256", "deep-cnn-64"])
@pytest.mark.parametrize(("name", "peer"), [("torch", "PyTorch"), ("jax", "JAX")])
def test_pytorch_and_jax_compute_the_same(key, name, peer, drawn, monkeypatch):
    pytest.importorskip(name)
    found = agreed(replace(BY_NAME[key], peers=(name,)), drawn, monkeypatch)
    assert found.why == "" and found.peer.startswith(peer)


@pytest.mark.slow
@pytest.mark.peers
def test_jax_learns_from_all_examples_at_once_and_from_a_last_batch_that_is_shorter(drawn, monkeypatch):
    pytest.importorskip("jax")
    few = 1000
    whole = replace(BY_NAME["full-batch"], batch_size=few, examples=few, peers=("jax",))
    assert agreed(whole, drawn, monkeypatch).why == ""
    parts = replace(MLP, batch_size=600, examples=few)
    run = parts.run(drawn.dataset)
    given = (run.model, parts.experiment.training, drawn.inputs[:few], drawn.labels[:few], 1)
    peer = CONTESTANTS["jax"].forms(*given)["JAX"]
    before = peer.state[0]["dense1.bias"].copy()
    assert len(peer._losses(peer._rng.permutation(few))) == 2
    assert abs(peer.state[0]["dense1.bias"] - before).max() > 0


@pytest.mark.peers
def test_jax_has_as_many_threads_as_it_was_told_and_cannot_be_given_others():
    pytest.importorskip("jax")
    code = (
        "from pathlib import Path\n"
        "from nnlab.experiments.benchmark.peers_jax import FixedThreadsError, begin\n"
        "jax = begin(3)\n"
        "jax.numpy.ones(8).sum().block_until_ready()\n"
        "names = [path.read_text().strip() for path in Path('/proc/self/task').glob('*/comm')]\n"
        "begin(3)\n"
        "try:\n    begin(2)\nexcept FixedThreadsError as error:\n    print(names.count('tf_XLAEigen'), error)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "3 JAX has begun with 3 threads in this process and keeps them; start nnlab again\n"


@pytest.mark.slow
@pytest.mark.peers
def test_keras_on_jax_computes_the_same():
    """In a process of its own, in which Keras has not begun on PyTorch."""
    if not all(map(optional.is_installed, ("keras", "jax"))):
        pytest.skip("Keras or JAX is not installed")
    code = (
        "from dataclasses import replace\n"
        "from nnlab.experiments.benchmark import measuring\n"
        "from nnlab.experiments.benchmark.measuring import Measuring, measured\n"
        "from nnlab.experiments.benchmark.pictures import load_pictures\n"
        "from nnlab.experiments.benchmark.timing import Timing\n"
        "from nnlab.experiments.benchmark.workloads import WORKLOADS\n"
        "measuring.take_turns = lambda calls, *_: {name: Timing(1.0, 0.0) for name in calls}\n"
        "measuring.QUICK_STEPS = 2\n"
        "found = measured(replace(WORKLOADS[0], peers=('keras-jax',)), load_pictures([]), Measuring(1, 1, True))\n"
        "print(found.peer, found.why)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "Keras on JAX "


def agreed(workload, drawn, monkeypatch):
    """What comes of it where nothing is timed."""

    def timed(contestants, *_):
        for call in contestants.values():
            call()
        return {name: Timing(1.0, 0.0) for name in contestants}

    monkeypatch.setattr(measuring, "take_turns", timed)
    monkeypatch.setattr(measuring, "QUICK_STEPS", 2)
    return measured(workload, drawn, HOW)


def test_what_was_found_is_kept_and_a_damaged_row_costs_itself_alone(tmp_path):
    store, _ = open_store(tmp_path)
    outcomes = [
        Outcome("mlp-128", "MLP", 0.25, 100.0, 0.0, "PyTorch", 0.5, others=(Rival("JAX", "JAX", 0.2),)),
        Outcome("x", "X", 1.0, 5.0, 0.1, why="no torch"),
    ]
    first = keep(store, facts_of(HOW, is_mnist=True), outcomes)
    second = keep(store, {"threads": 2}, outcomes[:1])
    with store.transaction() as connection:
        connection.execute("UPDATE benchmarks SET outcomes = '{' WHERE number = ?", (second,))
    (kept_one,) = kept_benchmarks(store)
    assert kept_one.number == first and kept_one.outcomes == tuple(outcomes)
    assert kept_one.outcomes[0].ratio == 0.5 and kept_one.outcomes[0].to_table()["others"][0]["ratio"] == 1.25
    assert kept_one.facts["threads"] == 1 and kept_one.facts["sgemm_peak"] == 99
    store.close()


def test_an_outcome_of_an_earlier_nnlab_has_no_further_peers():
    kept_then = {
        "key": "mlp",
        "title": "MLP",
        "seconds": 1.0,
        "rate": 1.0,
        "disturbance": 0.0,
        "peer": "PyTorch",
        "ratio": 0.5,
    }
    assert outcome_from_table(kept_then | {"peer_seconds": 2.0, "why": ""}) == Outcome("mlp", "MLP", 1, 1, 0, "PyTorch", 2.0)


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
        (("--repeats", "0"), "--repeats: expected a whole number of at least 1, not '0'"),
        (("--only", "resnet"), "--only resnet: no workload is called so; known are: autoencoder"),
        (("--threads", "-1"), "--threads: expected a whole number of at least 0, not '-1'"),
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

    before = children()
    with pytest.raises(CancelledError):
        measured_beside("mlp-128", 1, 1, True, [], print, cancel)
    assert all_kept() == [] and children() <= before


def test_what_its_process_refuses_is_told_in_its_sentence():
    with pytest.raises(BenchmarkError, match="--only resnet: no workload is called so"):
        measured_beside("resnet", 1, 1, True, [], print, lambda *_: None)


def children():
    """The numbers of the processes that this one started and that have not ended; Python's own may be among them."""
    found, me = set(), str(os.getpid())
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = path.read_text().rsplit(")", 1)[1].split()[:2]
            if parent == me and state != "Z":
                found.add(path.parent.name)
    return found
