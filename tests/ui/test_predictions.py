"""The gallery shows what the probe says; the confusion matrix opens it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from nnlab.models import MLPSettings
from nnlab.models.layers import Dense, ReLU, Softmax
from nnlab.probes import Moment, Selection
from nnlab.probes.predictions import Predictions
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import LIGHT
from nnlab.ui.views.predictions.gallery import LARGER, gallery_for, gallery_of
from nnlab.ui.views.predictions.predictions import PredictionsView
from tests.models.small_runs import digits_run
from tests.ui.conftest import Driver, example
from tests.ui.lone_view import Click, LoneView

MLP = MLPSettings(layers=(Dense(12), ReLU(), Dense(10), Softmax()))


def shown(window: MainWindow, driver: Driver, name: str):
    window.stage.show_view(name)
    view = window.stage.view(name)
    driver.wait_for(lambda: view.isVisible() and view.answer is not None)
    return view


@pytest.fixture
def trained(digits: MainWindow, driver: Driver) -> MainWindow:
    driver.finish(digits)
    return digits


def settled(window: MainWindow, driver: Driver):
    view = shown(window, driver, "predictions")
    driver.wait_for(lambda: view.answer.is_fresh and view.answer.found.step == window.session.progress.step)
    driver.wait_for(lambda: min(view.options.shown, view.answer.matching) == len(view.answer.places))
    return view


def test_pictures_and_captions_are_the_answers(trained: MainWindow, driver: Driver) -> None:
    view = settled(trained, driver)
    answer = view.answer
    assert answer.matching > 3
    for tile in range(min(4, len(answer.places))):
        place = view.gallery.picture_of(tile)
        x, y = round(place.x() / view.gallery.scale), round(place.y() / view.gallery.scale)
        patch = view.board.images[0].image[y : y + 8, x : x + 8]
        np.testing.assert_array_equal(patch, answer.pictures[tile].repeat(3, axis=2))
        said, true = answer.predicted[tile], answer.labels[tile]
        caption = view.board.texts[tile].split("\n")
        assert caption == [
            f"✗ {said}: {answer.probability[tile, said]:.0%}",
            f"is {true}: {answer.probability[tile, true]:.0%}",
        ]


def test_a_click_on_a_picture_selects_the_example(trained: MainWindow, driver: Driver) -> None:
    view = settled(trained, driver)
    place = view.gallery.picture_of(2).center()
    view._click(Click(view.board.scene_position(place.x(), place.y())))
    assert (trained.stage.selection.part, trained.stage.selection.example) == ("validation", view.answer.places[2])
    view._hover(view.board.scene_position(place.x(), place.y()))
    assert f"validation example {view.answer.places[2]:,}" in view.board.texts


def test_a_click_on_a_cell_of_the_confusion_matrix_shows_its_examples(trained: MainWindow, driver: Driver) -> None:
    confusion = shown(trained, driver, "confusion")
    counts = confusion.answer.confusion
    off = counts - np.diag(np.diag(counts))
    true, said = (int(place) for place in np.unravel_index(off.argmax(), off.shape))
    confusion._click(Click(confusion._plot.getViewBox().mapViewToScene(QPointF(said + 0.5, true + 0.5))))
    view = trained.stage.view("predictions")
    driver.wait_for(lambda: view.isVisible() and view.answer is not None and view.answer.cell == (true, said))
    driver.wait_for(lambda: view.answer.is_fresh and view.answer.matching == off.max())
    assert view.answer.part == "validation"
    assert (view.answer.labels == true).all() and (view.answer.predicted == said).all()
    view.cell.click()
    driver.wait_for(lambda: view.answer.cell is None)
    assert not view.cell.isVisible()


def test_without_validation_a_cell_of_the_test_part_shows_its_examples(driver: Driver) -> None:
    experiment = example("digits-mlp", epochs=2)
    window = driver.open(replace(experiment, dataset=replace(experiment.dataset, validation=0.0)))
    driver.finish(window)
    confusion = shown(window, driver, "confusion")
    assert confusion.part.part == "test"
    driver.wait_for(lambda: confusion.answer.part == "test" and confusion.answer.is_fresh)
    total = len(window.session._link.worker._run.data.dataset.test)
    assert f"{total:,} test examples as of" in confusion.readout.text()
    counts = confusion.answer.confusion
    off = counts - np.diag(np.diag(counts))
    true, said = (int(place) for place in np.unravel_index(off.argmax(), off.shape))
    confusion._click(Click(confusion._plot.getViewBox().mapViewToScene(QPointF(said + 0.5, true + 0.5))))
    view = window.stage.view("predictions")
    driver.wait_for(lambda: view.answer is not None and view.answer.cell == (true, said) and view.answer.is_fresh)
    assert (view.answer.part, view.answer.matching) == ("test", off.max())
    assert (view.answer.labels == true).all() and (view.answer.predicted == said).all()


def test_orders_and_pages_are_asked_for(trained: MainWindow, driver: Driver) -> None:
    view = settled(trained, driver)
    view.order.setCurrentText("as they come")
    driver.wait_for(lambda: view.answer.matching == view.answer.examples)
    assert view.forth.isEnabled() and not view.back.isEnabled()
    assert not view.board.texts[0].startswith("✗") or view.answer.labels[0] != view.answer.predicted[0]
    view.forth.click()
    driver.wait_for(lambda: view.answer.first == view.options.shown)
    assert view.answer.places[0] == view.options.shown
    view.part.setCurrentText("test")
    driver.wait_for(lambda: view.answer.part == "test")
    assert view.answer.first == 0
    columns = view.csv_columns()
    assert columns["example"] == view.answer.places.tolist()
    np.testing.assert_allclose(columns["p_3"], view.answer.probability[:, 3])


def test_nothing_to_show_is_told(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=3))
    view = shown(window, driver, "predictions")
    window.stage.select(replace(window.stage.selection, cell=(0, 5)))
    driver.wait_for(lambda: view.answer.cell == (0, 5))
    assert any(text.startswith("Nothing of class") for text in view.board.texts)
    window.appearance.choose("dark")


def test_of_few_pictures_all_are_shown_and_larger() -> None:
    def sized(count: int, larger: float = 1.0) -> float:
        gallery, size = gallery_of(count, larger, (8, 8), 700, 360, 92)
        assert (size > 1) == (gallery.picture_of(0).width() > 90) and (size == 1 or gallery.count >= count)
        return size

    sizes = [sized(count) for count in (1, 6, 60, 0)]
    assert sizes == [*sorted(sizes, reverse=True)[:3], 1.0] and sizes[0] == LARGER[0] and sizes[1] > 1 and sizes[2] == 1
    # A few more that still have room change nothing, and a few less do not change it back.
    most = max(count for count in range(1, 60) if sized(count, LARGER[-1]) > 1)
    assert sized(most) == 1 and sized(round(most / 1.4)) > 1


def test_of_many_pictures_the_area_is_full() -> None:
    gallery, size = gallery_of(500, 1.0, (8, 8), 700, 360, 92)
    assert size == 1 and gallery.rows == 3 and gallery.caption_of(gallery.count - 1).bottom() <= 360


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (1, 1), (224, 300), (1, 2), (40, 3)])
def test_a_gallery_finds_its_pictures_again(shape: tuple[int, int]) -> None:
    gallery = gallery_for(shape, 800, 500)
    assert gallery.extent.width() <= 800 and gallery.caption_of(gallery.count - 1).bottom() <= 500
    # Another row would not have found room.
    assert gallery.rows * gallery.down * gallery.scale + gallery.caption_of(0).bottom() > 500
    tall, wide = (-(-size // gallery.stride) for size in shape)
    pictures = np.arange(gallery.count, dtype=np.uint8)[:, None, None, None] * np.ones((1, *shape, 3), np.uint8)
    whole = gallery.assemble(pictures, LIGHT)
    for tile in range(gallery.count):
        place = gallery.picture_of(tile)
        assert gallery.tile_at(place.center().x(), place.center().y()) == tile
        # Two pixels wide, and whole: at the edge of the sheet, too.
        assert gallery.extent.contains(gallery.frame_of(tile).adjusted(-1, -1, 1, 1))
        x, y = round(place.x() / gallery.scale), round(place.y() / gallery.scale)
        assert (whole[y : y + tall, x : x + wide] == tile).all()
        assert (whole[y + tall, x] == 255).all()
    assert gallery.tile_at(-1, 5) is None and gallery.tile_at(5, 10_000) is None


def test_it_says_among_how_many_of_how_many_a_cell_was_searched_for(qtbot) -> None:
    view = PredictionsView()
    qtbot.addWidget(view)
    view._names = ("cat", "dog")
    none = np.zeros(0, np.intp)
    answer = Predictions(
        "train", (0, 1), False, 300, 12, 0, 0, none, none, none, np.zeros((0, 2)), np.zeros((0, 1, 1, 1), np.uint8), 5999
    )
    answer = replace(answer, found=Moment(step=7))
    where = "among 300 of 5,999 training examples of class cat, as of step 7"
    assert view._nothing(answer) == f"Nothing of class cat is predicted as dog {where}."
    assert view._headline(answer, 0) == f"0 in this cell {where}"
    whole = replace(answer, examples=5999, matching=4, cell=None)
    assert view._headline(whole, 4) == "99.8% right · 4 mistakes among 5,999 training examples, as of step 7"


def test_beside_an_empty_cell_no_example_of_another_is_described(qtbot) -> None:
    view = alone(qtbot, 5, 400)
    answer = view.answer
    assert "train example 2" in view.board.texts
    none = {name: getattr(answer, name)[:0] for name in ("places", "labels", "predicted", "probability", "pictures")}
    view.take(replace(answer, cell=(3, 4), matching=0, selected=answer, **none))
    assert not any("example 2" in text for text in view.board.texts)
    assert any("Nothing of class" in text for text in view.board.texts)


def test_a_click_on_the_confusion_matrix_selects_the_first_example_of_its_cell(trained: MainWindow, driver: Driver) -> None:
    confusion = driver.see(trained, "confusion")
    cell = (3, 3)
    confusion._click(Click(confusion._plot.getViewBox().mapViewToScene(QPointF(cell[1] + 0.5, cell[0] + 0.5))))
    view = settled(trained, driver)
    driver.wait_for(lambda: view.answer.cell == cell and trained.stage.selection.example == view.answer.places[0])
    run, selection = trained.session._link.worker._run, trained.stage.selection
    inputs, labels = run.data.learning.gather(run.data.split.validation[[selection.example]])
    assert (selection.part, int(labels[0])) == ("validation", 3)
    assert int(run.model.predicted(run.model.predict(inputs))[0]) == 3
    # Another example of the cell stays selected once it is chosen.
    other = int(view.answer.places[1])
    view.select(example=other)
    driver.wait_for(lambda: view.answer.is_fresh)
    assert trained.stage.selection.example == other


def test_a_gallery_of_restored_parameters_names_their_epoch(qtbot) -> None:
    view = PredictionsView()
    qtbot.addWidget(view)
    none = np.zeros(0, np.intp)
    nothing = none, none, none, np.zeros((0, 2)), np.zeros((0, 1, 1, 1), np.uint8)
    answer = Predictions("train", None, True, 30, 3, 3, 0, *nothing, 30, Moment(step=400, kept_epoch=12))
    assert view._headline(answer, 3).endswith("training examples, as of epoch 12, restored")


def alone(qtbot, classes: int, height: int, scores: np.ndarray | None = None) -> PredictionsView:
    """A view by itself, showing three examples of which it says the same."""
    frame = QWidget()
    qtbot.addWidget(frame)
    frame.resize(900, height)
    view = PredictionsView()
    view.setParent(frame)
    view.frame = frame  # or it would go, and the view with it
    view.resize(900, height)
    view._names = tuple(f"class {label}" for label in range(classes))
    frame.show()
    shares = np.tile(np.arange(1, classes + 1) / sum(range(1, classes + 1)), (3, 1))
    places, label = np.array([2, 5, 9]), np.zeros(3, np.intp)
    pictures = np.zeros((3, 8, 8, 1), np.uint8)
    given = {} if scores is None else {"scores": np.tile(scores, (3, 1))}
    view.selection = Selection(example=2)
    view.take(Predictions("train", None, True, 30, 3, 3, 0, places, label, label + 1, shares, pictures, 30, **given))
    return view


def test_all_classes_are_listed_where_they_fit(qtbot) -> None:
    texts = alone(qtbot, 10, 480).board.texts
    assert [text for text in texts if text.startswith("class")] == ["class 0  ✓ true", *(f"class {n}" for n in range(1, 10))]
    assert not any(text.endswith(" more") for text in texts)


def test_where_not_all_classes_fit_it_says_how_many_there_are_besides(qtbot) -> None:
    view = alone(qtbot, 10, 300)
    listed = [text for text in view.board.texts if text.startswith("class")]
    assert 1 <= len(listed) < 10 and f"{10 - len(listed)} more" in view.board.texts
    # The most likely ones.
    assert listed == [f"class {label}" for label in range(9, 9 - len(listed), -1)]


def test_the_share_that_is_right_is_told_first(qtbot) -> None:
    assert alone(qtbot, 2, 400).readout.text().startswith("90.0% right · 3 mistakes among 30 training examples")


def test_the_selected_tile_is_outlined_and_described(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    view = alone(qtbot, 2, 400)
    drawn = []
    rectangle = view.board.rectangle
    monkeypatch.setattr(view.board, "rectangle", lambda *a, **k: (drawn.append((a[0], k.get("line"))), rectangle(*a, **k)))

    def marked(color: str) -> list[int]:
        drawn.clear()
        view.draw(view.answer)
        return [tile for tile in range(3) if (view.gallery.frame_of(tile), color) in drawn]

    # A number of another part is not the selected example.
    view.selection = replace(view.selection, part="test", example=9)
    assert marked(view.theme.text) == [] and not any("example" in text for text in view.board.texts)
    view.selection = replace(view.selection, part="train", example=5)
    assert marked(view.theme.text) == [1] == marked(view.theme.surface)
    assert "train example 5" in view.board.texts


def test_the_selected_example_is_described_where_no_tile_shows_it(qtbot) -> None:
    run = digits_run(MLP)
    lone = LoneView(qtbot, PredictionsView(), run, MLP, (900, 380))
    view, right = lone.view, next(place for place in range(100) if place not in lone.view.answer.places)
    lone.select(replace(view.selection, part="test", example=right))
    answer = view.answer
    assert answer.part == "test" and answer.selected is not None and answer.selected.places.tolist() == [right]
    assert f"test example {right}" in view.board.texts
    index = run.data.test_index[right : right + 1]
    said = run.model.probabilities(run.model.predict(run.data.testing.gather(index)[0]))
    np.testing.assert_array_equal(answer.selected.probability, said)


def test_a_model_without_probabilities_shows_its_scores(qtbot) -> None:
    view = alone(qtbot, 3, 400, scores=np.array([-2.0, 0.5, 1.25]))
    texts = view.board.texts
    assert "✗ class 1: +0.5\nis class 0: −2" in texts and {"−2", "+0.5", "+1.25"} <= set(texts)
    assert not any("%" in text for text in texts)
    assert "predicted class 1 +0.5" in view._spot_text(0)
    assert view.csv_columns()["score_class 2"] == [1.25] * 3
