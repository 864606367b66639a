"""The window of the benchmark: measure this machine, and look at what was measured before."""

import time
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from nnlab.experiments.benchmark.kept import KeptBenchmark
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.ui.benchmark.bars import BenchmarkView
from nnlab.ui.files import Files
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.jobs import Job
from nnlab.ui.theme import Theme
from nnlab.ui.told_line import ToldLine
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.job_control import JobControl
from nnlab.words import counted

_ABOUT = (
    "nnlab trains in turns with PyTorch, scikit-learn and, where it is installed, JAX: the same models from the same "
    "weights, the same batches, as many threads, nnlab also with as many helpers. Times are of one epoch of 60,000 "
    "pictures, or of one step on all of them. Where other programs took the cores meanwhile, a row says (busy)."
)


class BenchmarkWindow(QDialog):
    """`start` begins to measure with so many threads, in whole epochs or not."""

    def __init__(self, parent: QWidget, files: Files, start: Callable[[int, bool], Job | None], cores: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("Benchmark")
        begin_as_large(self, (960, 620), (640, 420))
        self.view = BenchmarkView()
        self.threads = QSpinBox()
        self.threads.setRange(1, max(cores, 1))
        self.threads.setValue(max(cores, 1))
        self.threads.setAccessibleName("Threads of each side")
        self.threads.setToolTip("How many threads nnlab and each peer may use")
        self.whole = QCheckBox("Whole epochs")
        self.whole.setToolTip("Time whole epochs, which takes some minutes; else 100 steps stand for one")
        self.kept = QComboBox()
        self.kept.setAccessibleName("Benchmarks that were made")
        self.kept.setMinimumContentsLength(28)
        self.kept.currentIndexChanged.connect(lambda _: self._show_chosen())
        self.control = JobControl("Measure", lambda: start(self.threads.value(), self.whole.isChecked()))
        self.export = QPushButton("Export…")
        self.export.setAutoDefault(False)
        self.control.button.setAutoDefault(False)
        self.facts = label("", "muted")
        self.facts.setWordWrap(True)
        self.said = ToldLine(files)
        self._all: list[KeptBenchmark] = []
        self._make_outline()
        self.control.reported.connect(self.said.setText)
        self.control.failed.connect(self.said.setText)
        self.control.cancelled.connect(lambda: self.said.setText("Cancelled; what was measured is not kept."))

    def _make_outline(self) -> None:
        about = label(_ABOUT, "muted")
        about.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.control)
        row.addWidget(QLabel("Threads"))
        row.addWidget(self.threads)
        row.addWidget(self.whole)
        row.addStretch(1)
        row.addWidget(self.kept)
        row.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(about)
        column.addLayout(row)
        column.addWidget(self.facts)
        column.addWidget(self.view, 1)
        column.addWidget(self.said)

    def show_kept(self, benchmarks: list[KeptBenchmark], number: int | None = None) -> None:
        """All that were made, the last one first; the one of this number, or the last, is drawn."""
        self._all = benchmarks[::-1]
        with QSignalBlocker(self.kept):
            self.kept.clear()
            for one in self._all:
                self.kept.addItem(_name(one))
            self.kept.setEnabled(bool(self._all))
            places = [place for place, one in enumerate(self._all) if one.number == number]
            self.kept.setCurrentIndex(places[0] if places else 0)
        self._show_chosen()

    def show_measured(self, outcomes: tuple[Outcome, ...], how: dict[str, object]) -> None:
        """What is known of the one that goes on."""
        self.view.take(KeptBenchmark(0, time.time(), how, outcomes))
        self.facts.setText("Being measured")

    def apply_theme(self, theme: Theme) -> None:
        """Of the picture."""
        self.view.apply_theme(theme)

    def say(self, sentence: str) -> None:
        """At the bottom."""
        self.said.setText(sentence)

    def _show_chosen(self) -> None:
        place = self.kept.currentIndex()
        if 0 <= place < len(self._all):
            chosen = self._all[place]
            self.view.take(chosen)
            self.facts.setText(_facts(chosen))
        self.export.setEnabled(not self.view.is_empty)


def _name(one: KeptBenchmark) -> str:
    """14 March 2026, 15:09, 2 threads."""
    when = time.strftime("%d %B %Y, %H:%M", time.localtime(one.made)).lstrip("0")
    threads = one.facts.get("threads")
    return f"{when}, {counted(threads, 'thread')}" if isinstance(threads, int) else when


def _facts(one: KeptBenchmark) -> str:
    """What it was measured on."""
    facts = one.facts
    peers = "".join(f", {title} {facts[name]}" for name, title in (("torch", "PyTorch"), ("jax", "JAX")) if facts.get(name))
    peak = facts.get("sgemm_peak")
    reach = f"; matrix products at best {peak:.0f} GFLOP/s" if isinstance(peak, float) else ""
    steps = "100 steps stand for an epoch" if facts.get("quick") else "whole epochs"
    engine = f"{facts.get('processor', '?')}, NumPy {facts.get('numpy', '?')} with {facts.get('blas', '?')}{peers}"
    return f"{engine}; {steps}, pictures: {facts.get('pictures', '?')}{reach}"
