"""Help > Benchmark: measured in a process of its own, drawn as bars, kept, and seen again."""

import pytest
from PySide6.QtCore import Qt

from nnlab.experiments.benchmark.beside import all_kept
from nnlab.experiments.benchmark.kept import KeptBenchmark, keep
from nnlab.experiments.benchmark.outcome import Outcome, Rival
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.ui.benchmark.bars import BenchmarkView
from nnlab.ui.exporting import export
from nnlab.ui.theme import DARK, LIGHT

FASTER = Outcome("mlp", "MLP", 0.25, 80.0, 0.0, "PyTorch", 0.5)
BESIDE = Outcome("ae", "AE", 1.0, 80.0, 0.0, "PyTorch", 2.0, others=(Rival("JAX", "JAX", 0.8), Rival("X", why="no X")))
SLOWER = Outcome("rbm", "RBM", 3.0, 100.0, 0.9, "PyTorch", 2.0)
ALONE = Outcome("cnn", "CNN", 1.0, 20.0, 0.0, why="PyTorch is not installed; pip install torch")


@pytest.fixture
def view(qtbot):
    view = BenchmarkView()
    qtbot.addWidget(view)
    view.apply_theme(LIGHT)
    return view


def words(view):
    return [item.textItem.toPlainText().replace("\xa0", " ") for item in view._words]


def test_bars_are_as_long_as_the_ratios_and_words_say_both_times(view):
    view.take(KeptBenchmark(1, 0.0, {}, (FASTER, SLOWER, ALONE, BESIDE)))
    assert list(view._bars.opts["width"]) == [0.5, 1.5, 0.0, 0.5]
    assert words(view) == [
        "0.50  nnlab 250 ms, PyTorch 500 ms",
        "1.50  nnlab 3.00 s, PyTorch 2.00 s (busy)",
        "nnlab 1.00 s; PyTorch is not installed; pip install torch",
        "0.50  nnlab 1.00 s, PyTorch 2.00 s, JAX 800 ms (1.25)",
    ]
    assert view._bars.opts["brushes"][0].color() != view._bars.opts["brushes"][1].color()


def test_fewer_workloads_leave_no_words_behind_and_another_theme_draws_again(view):
    view.take(KeptBenchmark(1, 0.0, {}, (FASTER, SLOWER, ALONE)))
    view.take(KeptBenchmark(2, 0.0, {}, (SLOWER,)))
    view.apply_theme(DARK)
    assert len(words(view)) == 1
    assert sum(item in view.plot.items for item in view._words) == 1


def test_its_figures_are_exported(view, tmp_path):
    view.take(KeptBenchmark(1, 0.0, {}, (FASTER, ALONE, BESIDE)))
    export(view, tmp_path / "times.csv")
    head, first, second, third = (tmp_path / "times.csv").read_text().splitlines()
    assert head.endswith("ratio,JAX seconds,JAX ratio,X seconds,X ratio") and third.endswith("0.5,0.8,1.25,,")
    assert head.startswith("key,title,seconds,rate") and first.startswith("mlp,MLP,0.25,80.0")
    assert second.startswith("cnn,CNN,1.0,20.0")
    export(view, tmp_path / "times.svg")


@pytest.mark.slow
def test_it_is_measured_from_the_window_kept_and_shown_again(qtbot, xor):
    benchmarking = xor.benchmarking
    benchmarking.only, benchmarking.repeats = "sklearn-mlp", 1
    benchmarking.open()
    shown = benchmarking.window
    shown.threads.setValue(1)
    qtbot.mouseClick(shown.control.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not shown.control.is_busy and bool(shown._all), timeout=60_000)
    (kept,) = all_kept()
    assert shown.view.answer == kept and kept.outcomes[0].ratio > 0
    assert shown.kept.currentText().endswith(", 1 thread")
    assert "Kept" in shown.said.text() and shown.export.isEnabled()


@pytest.mark.slow
def test_cancelled_it_keeps_nothing_and_earlier_ones_can_be_chosen(qtbot, xor):
    store, _ = open_store(runs_folder())
    numbers = [keep(store, {"threads": threads}, outcomes) for threads, outcomes in ((1, [FASTER]), (2, [SLOWER]))]
    store.close()
    benchmarking = xor.benchmarking
    benchmarking.open()
    shown = benchmarking.window
    qtbot.waitUntil(lambda: shown.kept.count() == 2)
    assert shown.view.answer.number == numbers[1]
    shown.kept.setCurrentIndex(1)
    assert shown.view.answer.number == numbers[0]
    qtbot.mouseClick(shown.control.button, Qt.MouseButton.LeftButton)
    assert shown.control.is_busy
    qtbot.mouseClick(shown.control.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not shown.control.is_busy, timeout=20_000)
    assert shown.said.text().startswith("Cancelled") and len(all_kept()) == 2
