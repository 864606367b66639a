"""Views side by side are drawn in turn while it trains: each says of which step it is."""

from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def number_of(text: str) -> int:
    return int(text.removeprefix("step ").replace(",", ""))


def seen(window: MainWindow) -> list[str]:
    return [pane.stamp.text() for pane in window.stage.panes[: window.stage.pane_count]]


def test_each_of_four_views_says_of_which_step_it_is(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=100_000, keep="last"))
    window.stage.arrange(4)
    driver.wait_for(lambda: all(seen(window)))
    drawn: dict[str, int] = {}

    def note(snapshot: object) -> None:
        # The stage has drawn it by now.
        for name in snapshot.probes:
            drawn[name] = snapshot.progress.step
        for name, pane in zip(window.stage._shown(), window.stage.panes, strict=False):
            if name in drawn:
                assert number_of(pane.stamp.text()) == drawn[name]

    window.session.snapshot.connect(note)
    window.run_bar.run.click()
    driver.wait_for(lambda: len(drawn) >= 4 and window.session.progress.step > 100)
    window.run_bar.run.click()
    driver.settle(window)
    driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED)
    driver.settle(window)
    # While it stands, all are of one moment.
    driver.wait_for(lambda: {number_of(text) for text in seen(window)} == {window.session.progress.step})


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
    kept = window.session.progress.kept_epoch
    driver.wait_for(lambda: seen(window) == [f"epoch {kept}, restored"] * 2)
