"""Which notice is shown: what was told last until it is out of date, then what waits for a reset."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.experiments.experiment import Experiment
from nnlab.models import MODELS
from nnlab.models.layers.conv2d import Conv2D
from nnlab.probes.advice import Advice
from nnlab.training import TrainingSettings
from nnlab.ui.actions import ACTIONS
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.notices import About, Notices, news, put_aside
from nnlab.ui.opened import Opened
from nnlab.ui.situation import Situation, Wish
from tests.ui.conftest import Driver

RUN = Experiment("a", DatasetSettings("xor"))
EDITED = replace(RUN, training=TrainingSettings(seed=3))
EDITED_AGAIN = replace(RUN, training=TrainingSettings(seed=4))
STANDS = Situation(Wish(RUN), RUN.dataset.arrays, running=RUN, activity=Activity.PAUSED, has_learned=True)
WAITS = replace(STANDS, wish=Wish(EDITED))


def about(notices: Notices) -> About | None:
    return notices.shown.about if notices.shown else None


def test_edits_that_wait_are_told_as_long_as_they_do():
    assert about(Notices(STANDS)) is None
    assert about(Notices(STANDS).follow(WAITS)) is About.PENDING
    assert about(Notices(WAITS).follow(STANDS)) is None
    # Once the reset has been asked for, or other data is on its way, there is nothing to press.
    assert about(Notices(WAITS).follow(replace(WAITS, wish=Wish(EDITED, begins_anew=True, rereads=True)))) is None
    assert about(Notices(replace(WAITS, loaded=None))) is None


def test_what_has_happened_is_shown_before_what_waits_and_once_read_no_more():
    told = Notices(WAITS).tell(news("no such file"))
    assert about(told) is About.NEWS
    assert about(told.dismiss()) is About.PENDING
    assert about(told.dismiss().dismiss()) is None


def test_edits_that_wait_come_again_with_the_next_of_them():
    read = Notices(WAITS).dismiss()
    assert about(read.follow(replace(WAITS, undoes="reset"))) is None
    assert about(read.follow(replace(WAITS, wish=Wish(EDITED_AGAIN)))) is About.PENDING


@pytest.mark.parametrize(
    "now",
    [
        replace(STANDS, activity=Activity.RUNNING),
        replace(STANDS, wish=Wish(EDITED)),
        replace(STANDS, wish=Wish(RUN, Opened(RUN, Path("a.toml")), begins_anew=True)),
    ],
    ids=["training begins", "an edit waits", "a file is opened"],
)
def test_what_was_told_is_out_of_date_when_something_else_begins(now: Situation):
    told = Notices(STANDS).tell(news("no such file"))
    assert about(told.follow(replace(STANDS, wish=Wish(RUN, plays=True), undoes="reset"))) is About.NEWS
    assert about(told.follow(now)) is not About.NEWS


def test_what_is_told_while_it_trains_stays():
    runs = replace(STANDS, activity=Activity.RUNNING)
    assert about(Notices(runs).tell(news("no such file")).follow(replace(runs, undoes="reset"))) is About.NEWS


def test_a_run_that_was_put_aside_is_offered_until_it_is_back():
    aside = replace(STANDS, aside=1)
    offered = Notices(aside).tell(put_aside(aside))
    assert about(offered) is About.PUT_ASIDE and offered.shown.action == "bring_back"
    assert about(offered.follow(replace(aside, undoes="reset"))) is About.PUT_ASIDE
    assert about(offered.follow(replace(aside, aside=0))) is None
    assert about(offered.follow(replace(aside, aside=2))) is None


def test_every_button_does_what_a_row_of_the_table_does():
    shown = [Notices(WAITS).shown, put_aside(STANDS)]
    assert all(notice.button and notice.action in ACTIONS for notice in shown)


@pytest.fixture
def waiting(digits: MainWindow, driver: Driver) -> MainWindow:
    """A run that has learned, and an edit that waits for a reset."""
    digits.run_bar.batch.click()
    driver.wait_for(lambda: digits.session.progress.step == 1)
    driver.settle(digits)
    digits.training_panel._form.editor("optimizer").setCurrentText("adam")
    assert "wait for a reset" in digits.notice.text
    return digits


def test_a_data_file_that_is_refused_is_told_over_edits_that_wait(waiting: MainWindow, driver: Driver, tmp_path: Path):
    waiting.dataset_panel.choose_path(tmp_path / "gone.csv")
    driver.wait_for(lambda: "gone.csv" in waiting.notice.text)
    driver.settle(waiting)
    assert "gone.csv" in waiting.notice.text and waiting.notice.button.isHidden()
    # And beneath it is what waits still.
    waiting.notice._close.click()
    assert "wait for a reset" in waiting.notice.text and waiting.notice.button.text() == "Reset now"
    waiting.notice._close.click()
    assert waiting.notice.text == "" and waiting.session.is_pending


def test_a_reset_that_could_do_nothing_is_not_offered(waiting: MainWindow, driver: Driver):
    assert waiting.notice.button.isEnabled()
    waiting.session.edit(replace(waiting.session.experiment, model=MODELS["cnn"](layers=(Conv2D(3),))))
    assert waiting.session.problem and waiting.notice.text == ""
    assert waiting.run_bar.line.reason.text() in waiting.session.problem
    waiting.commands["undo"].trigger()
    assert "wait for a reset" in waiting.notice.text and waiting.notice.button.isEnabled()


def test_an_experiment_that_is_refused_is_told_over_edits_that_wait(waiting: MainWindow, driver: Driver, tmp_path: Path):
    (tmp_path / "bad.toml").write_text("[")
    waiting.files.open(tmp_path / "bad.toml")
    driver.wait_for(lambda: "bad.toml" in waiting.notice.text)
    waiting.training_panel._form.editor("epochs").setValue(9)
    assert "wait for a reset" in waiting.notice.text


def test_what_ails_a_run_is_told_after_all_else_and_once_read_no_more():
    ails = replace(STANDS, advice=Advice("The loss stands still.", 0.1))
    assert about(Notices(ails)) is About.AILING
    assert about(Notices(ails).tell(news("no such file"))) is About.NEWS
    both = Notices(replace(WAITS, advice=ails.advice))
    assert about(both) is About.PENDING
    assert about(both.dismiss()) is About.AILING
    # One that was read does not bring the other back.
    read = both.dismiss().dismiss()
    assert about(read) is None and about(read.follow(replace(WAITS, advice=ails.advice, undoes="reset"))) is None
    assert about(read.follow(replace(ails, advice=Advice("All units are dead.")))) is About.AILING
    assert about(Notices(replace(ails, activity=Activity.DIVERGED))) is None


def test_advice_without_a_remedy_has_no_button():
    assert Notices(replace(STANDS, advice=Advice("It was so from the start."))).shown.button == ""
    assert (
        Notices(replace(STANDS, advice=Advice("Too fast.", 0.1, restarts=True))).shown.button
        == "Restart with learning rate 0.1"
    )
    assert Notices(replace(STANDS, advice=Advice("Too slow.", 0.1))).shown.button == "Learning rate 0.1"
