"""Views side by side are drawn in turn while it trains: each says of which step it is."""

from pathlib import Path

from nnlab.experiments.model_file import load_model
from nnlab.probes import Moment
from nnlab.probes.moment import moment_of
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.parts.stamp import stamp
from tests.ui.conftest import Driver, example


def seen(window: MainWindow) -> list[str]:
    return [pane.stamp.text() for pane in window.stage.panes[: window.stage.pane_count]]


def test_each_of_four_views_says_of_which_step_it_is(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=100_000, keep="last"))
    window.stage.arrange(4)
    driver.wait_for(lambda: all(seen(window)))
    drawn: dict[str, str] = {}

    def note(frame: object) -> None:
        # The stage has drawn it by now.
        for name in frame.probes:
            drawn[name] = window.stage.view(name).moment_shown(frame.probes[name]).words
        for name, pane in zip(window.stage._shown(), window.stage.panes, strict=False):
            if name in drawn:
                assert pane.stamp.text() == drawn[name]

    window.session.frame.connect(note)
    window.run_bar.run.click()
    driver.wait_for(lambda: len(drawn) >= 4 and window.session.progress.step > 100)
    window.run_bar.run.click()
    driver.settle(window)
    driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED)
    driver.settle(window)
    # While it stands, all are of one moment, but for what training itself found at the end of an epoch.
    place = window.stage._shown().index("confusion")
    of_now = [f"step {window.session.progress.step:,}"] * 3
    driver.wait_for(lambda: [text for at, text in enumerate(seen(window)) if at != place] == of_now)
    assert seen(window)[place].startswith("the end of epoch")


def test_one_view_alone_needs_no_stamp(digits: MainWindow) -> None:
    assert digits.stage.panes[0].stamp.isHidden()
    digits.stage.arrange(2)
    assert not digits.stage.panes[0].stamp.isHidden()
    digits.stage.arrange(1)
    assert digits.stage.panes[0].stamp.isHidden()


def test_an_epoch_that_was_put_back_is_told(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=8, learning_rate=0.5))
    window.stage.arrange(2)
    driver.finish(window)
    kept = window.session.progress.moment.kept_epoch
    driver.wait_for(lambda: seen(window) == [f"epoch {kept}, restored"] * 2)


def test_progress_answers_and_files_are_of_one_moment(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("digits-mlp", epochs=2, keep="last"))
    session, run = window.session, window.session._link.worker._run
    view = driver.see(window, "weights")
    assert session.progress.moment == moment_of(run) == view.moment
    assert session.model_is_saved
    driver.finish(window)
    driver.wait_for(lambda: view.moment == moment_of(run))
    session.change_parameter("dense1.weight", (0, 0), 0.75)
    driver.wait_for(lambda: view.moment.is_edited)
    now = moment_of(run)
    assert session.progress.moment == now == view.moment
    assert (now.run, now.step, now.epoch, now.hand_edits) == (run.identity, run.total_steps, 2, 1)
    assert not session.model_is_saved
    with driver.qtbot.waitSignal(session.saving.saved) as saved:
        session.saving.begin(tmp_path / "m.safetensors", session.history)
    assert saved.args[0].moment == now and session.model_is_saved
    assert load_model(tmp_path / "m.safetensors").step == now.step


def test_a_stamp_says_when_it_was_and_what_has_become_of_the_model_since() -> None:
    then = Moment(run=1, step=1200)
    assert stamp(Moment()) == "before training"
    assert stamp(Moment(is_edited=True, hand_edits=1)) == "as of step 0, edited by hand"
    assert stamp(then) == stamp(then, then) == "as of step 1,200"
    assert stamp(then, Moment(run=1, step=1300)) == "as of step 1,200 · the model is now at step 1,300"
    assert stamp(then, Moment(run=1, step=1200, hand_edits=1)) == "as of step 1,200 · weights were changed by hand since"
    assert stamp(Moment(step=90, since=60)) == "as of steps 60 to 90"
    assert stamp(Moment(step=90, kept_epoch=2, end_of=2)) == "as of epoch 2, restored"
    assert stamp(Moment(step=90, end_of=2)) == "as of the end of epoch 2"
