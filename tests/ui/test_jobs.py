"""Jobs: the work runs beside the window, the news arrive on the window's thread, and exactly one end is told."""

from threading import Event, get_ident
from time import monotonic, sleep

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnlab.errors import DatasetError
from nnlab.probes.analyses.linear_svc import fit_linear_svc
from nnlab.report import Report
from nnlab.training import TrainingRun
from nnlab.ui.jobs import CopyRequest, Job, Jobs
from nnlab.ui.widgets.job_control import JobControl
from tests.probes.analyses.test_linear_svc import endless
from tests.training.runs import toy_run
from tests.ui.conftest import Driver, example


class Ends:
    """Which end a job came to, and on which thread it was told."""

    def __init__(self, job: Job) -> None:
        self.told: list[tuple[str, object]] = []
        self.threads: set[int] = set()
        job.done.connect(self.done)
        job.failed.connect(self.failed)
        job.cancelled.connect(self.cancelled)

    def done(self, answer: object) -> None:
        self._note("done", answer)

    def failed(self, sentence: str) -> None:
        self._note("failed", sentence)

    def cancelled(self) -> None:
        self._note("cancelled", None)

    def _note(self, end: str, what: object) -> None:
        self.told.append((end, what))
        self.threads.add(get_ident())


@pytest.fixture
def jobs(qtbot: QtBot) -> Jobs:
    made = Jobs()
    yield made
    made.shut_down()


def start(qtbot: QtBot, jobs: Jobs, work: object) -> Ends:
    job = Job("sums")
    ends = Ends(job)
    with qtbot.waitSignal(job.ended, timeout=60_000):
        jobs.start(job, work)
    assert not jobs.is_busy
    assert ends.threads == {get_ident()}
    return ends


def test_the_answer_comes_from_another_thread_to_this_one(qtbot: QtBot, jobs: Jobs):
    ends = start(qtbot, jobs, lambda report: get_ident())
    [(end, worked_on)] = ends.told
    assert end == "done"
    assert worked_on != get_ident()


def test_a_sentence_is_told_as_it_is(qtbot: QtBot, jobs: Jobs):
    def work(report: Report) -> None:
        raise DatasetError("numbers.csv: holds no rows")

    assert start(qtbot, jobs, work).told == [("failed", "numbers.csv: holds no rows")]


def test_cancelling_stops_the_work_at_its_next_report(qtbot: QtBot, jobs: Jobs):
    reached, may_go_on = Event(), Event()

    def work(report: Report) -> str:
        reached.set()
        may_go_on.wait(60)
        report("adding", 0.5)
        return "too late"

    job = Job("sums")
    ends = Ends(job)
    jobs.start(job, work)
    assert reached.wait(60)
    job.cancel()
    with qtbot.waitSignal(job.ended, timeout=60_000):
        may_go_on.set()
    assert ends.told == [("cancelled", None)]


def test_progress_arrives_before_the_end(qtbot: QtBot, jobs: Jobs):
    job = Job("sums")
    news: list[tuple[str, float]] = []
    job.progressed.connect(lambda what, share: news.append((what, share)))
    with qtbot.waitSignal(job.ended, timeout=60_000):
        jobs.start(job, lambda report: report("adding", 0.25))
    assert news == [("adding", 0.25)]


def test_two_jobs_run_side_by_side(qtbot: QtBot, jobs: Jobs):
    one_is_here, other_is_here = Event(), Event()
    pairs = ((one_is_here, other_is_here), (other_is_here, one_is_here))
    all_jobs = [Job("one"), Job("other")]
    ends = [Ends(job) for job in all_jobs]
    for job, (mine, theirs) in zip(all_jobs, pairs, strict=True):
        jobs.start(job, lambda report, mine=mine, theirs=theirs: (mine.set(), theirs.wait(60))[1])
    qtbot.waitUntil(lambda: not jobs.is_busy, timeout=60_000)
    assert [end.told for end in ends] == [[("done", True)], [("done", True)]]


def test_closing_cancels_and_waits(qtbot: QtBot, jobs: Jobs):
    begun = Event()

    def work(report: Report) -> None:
        begun.set()
        while True:
            report("counting", float("nan"))

    jobs.start(Job("endless"), work)
    assert begun.wait(60)
    jobs.shut_down()
    assert not jobs.is_busy


def test_closing_asks_all_jobs_before_it_waits_for_the_first(qtbot: QtBot, jobs: Jobs):
    all_jobs = [Job("one"), Job("other")]
    begun = Event()

    def work(report: Report) -> bool:
        begun.set()
        # Goes on until the other has been asked to stop, too.
        ends_at = monotonic() + 60
        while not all_jobs[1].is_cancelled and monotonic() < ends_at:
            sleep(0.001)
        return stopped.append(all_jobs[1].is_cancelled)

    stopped: list[bool] = []
    jobs.start(all_jobs[0], work)
    jobs.start(all_jobs[1], lambda report: None)
    assert begun.wait(60)
    jobs.shut_down()
    assert stopped == [True]


def test_after_closing_every_job_is_refused(qtbot: QtBot, jobs: Jobs):
    jobs.shut_down()
    ends = []
    for begin in (
        lambda job: jobs.start(job, lambda report: "worked"),
        lambda job: jobs.take_copy(CopyRequest(0, job, lambda run, report: "worked"), toy_run(), ""),
    ):
        job = Job("late")
        ends.append(Ends(job))
        with qtbot.waitSignal(job.ended, timeout=100):
            begin(job)
    assert not jobs.is_busy
    assert [end.told for end in ends] == [[("failed", "late: the window is closing")]] * 2


def test_closing_right_after_a_job_was_asked_for_ends_it(driver: Driver):
    window = driver.open(example("xor"))
    job = window.session.start_job("sums", lambda run, report: sleep(0.2))
    ends = Ends(job)
    driver.close(window)
    QApplication.processEvents()
    assert [end for end, _ in ends.told] == ["failed"]
    assert not window.session.jobs.is_busy


@pytest.mark.parametrize("error", [MemoryError(), DatasetError("a sentence")])
def test_a_copy_that_cannot_be_made_ends_the_job(driver: Driver, monkeypatch: pytest.MonkeyPatch, error: Exception):
    def replica(run: TrainingRun) -> TrainingRun:
        raise error

    window = driver.open(example("xor"))
    monkeypatch.setattr(TrainingRun, "replica", replica)
    control = JobControl("Add", lambda: window.session.start_job("sums", lambda run, report: None))
    driver.qtbot.addWidget(control)
    with driver.qtbot.waitSignal(control.failed, timeout=60_000) as heard:
        control.button.click()
    assert ("memory" in heard.args[0]) if isinstance(error, MemoryError) else heard.args == ["a sentence"]
    assert not control.is_busy


def test_the_button_rests_when_its_job_has_ended_in_any_way(qtbot: QtBot):
    job = Job("sums")
    control = JobControl("Add", lambda: job)
    qtbot.addWidget(control)
    control.button.click()
    assert control.is_busy
    job.ended.emit()
    assert not control.is_busy and control.button.text() == "Add"


def test_closing_ends_a_solver_that_hears_nothing_at_once(qtbot: QtBot, jobs: Jobs):
    inputs, labels = endless()
    job = Job("solving")

    def solve(report: Report) -> None:
        fit_linear_svc(inputs, labels, 1.0, lambda: report("solving", 0.5))

    with qtbot.waitSignal(job.progressed, timeout=60_000):
        jobs.start(job, solve)
    started = monotonic()
    jobs.shut_down()
    assert monotonic() - started < 10


def test_how_far_a_job_is_stands_in_its_button_and_moves_nothing(qtbot: QtBot):
    job = Job("sums")
    host = QWidget()
    qtbot.addWidget(host)
    control = JobControl("Add", lambda: job)
    QHBoxLayout(host).addWidget(control)
    host.show()
    qtbot.waitUntil(lambda: control.button.width() > 0 and control.width() > 0)
    before = control.sizeHint()
    assert before.width() == control.button.width()
    control.button.click()
    job.progressed.emit("adding", 0.5)
    assert control.bar.isVisible() and control.bar.value() == 500
    assert control.sizeHint() == before
    assert control.button.rect().contains(control.bar.geometry()) and control.bar.width() > control.bar.height()
    control.drop()
    assert not control.bar.isVisible()
