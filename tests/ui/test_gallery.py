"""File > Examples: every example has a card, the keys reach each, one that is chosen is opened, and nothing is asked."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from nnlab.experiments.examples import EXAMPLES, GROUPS, example_named
from nnlab.experiments.experiment import with_settings
from nnlab.ui.gallery.window import GalleryWindow
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver


@pytest.fixture
def gallery(digits: MainWindow, driver: Driver) -> GalleryWindow:
    digits.commands["examples"].trigger()
    window = digits.gallery.window
    driver.wait_for(lambda: not digits.session.jobs.is_busy and not window._soon.isActive() and window.page.width() > 600)
    return window


def press(driver: Driver, gallery: GalleryWindow, *keys: Qt.Key) -> None:
    for key in keys:
        driver.qtbot.keyClick(gallery.focusWidget(), key)


def test_every_example_has_a_card_below_the_name_of_its_group(gallery: GalleryWindow):
    assert list(gallery.page.cards) == [example.file for example in EXAMPLES]
    tops = [
        gallery.page.cards[example.file].mapTo(gallery.page, gallery.page.cards[example.file].rect().topLeft()).y()
        for example in EXAMPLES
    ]
    assert tops == sorted(tops) and len(set(tops)) >= len(GROUPS)


def test_cards_do_not_overlap_and_lie_inside_the_page_however_wide_it_is(gallery: GalleryWindow, driver: Driver):
    page = gallery.page

    def have_their_places() -> bool:
        boxes = [card.rect().translated(card.mapTo(page, card.rect().topLeft())) for card in page.shown]
        are_apart = not any(box.intersects(other) for at, box in enumerate(boxes) for other in boxes[:at])
        return are_apart and all(page.rect().contains(box) for box in boxes)

    for width in (560, 1040, 1600):
        gallery.resize(width, 500)
        driver.wait_for(lambda width=width: width - 40 < page.width() <= width)
        driver.wait_for(have_their_places)
        assert all(card.height() >= card.needed_height() for card in page.shown)


def test_every_card_shows_its_picture(gallery: GalleryWindow):
    for card in gallery.page.cards.values():
        assert card.picture.isVisible() and not card.picture.pixmap().isNull(), card.example.file
        assert card.picture.pixmap().deviceIndependentSize().width() <= card.picture.width()


def test_a_click_opens_the_example_and_closes_the_gallery(gallery: GalleryWindow, digits: MainWindow, driver: Driver):
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        driver.qtbot.mouseClick(gallery.page.cards["circles"], Qt.MouseButton.LeftButton)
    assert digits.session.experiment.name == "circles" and gallery.isHidden()


def test_arrow_keys_go_from_card_to_card_and_enter_opens(gallery: GalleryWindow, digits: MainWindow, driver: Driver):
    page = gallery.page
    assert gallery.focusWidget() is page.cards["xor"]
    press(driver, gallery, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert gallery.focusWidget() is page.cards["moons"]
    press(driver, gallery, Qt.Key.Key_Down)
    below = gallery.focusWidget()
    assert below.y() > page.cards["moons"].y() or below.parent() is not page.cards["moons"].parent()
    press(driver, gallery, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert gallery.focusWidget() is gallery.search_field
    press(driver, gallery, Qt.Key.Key_Down)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        press(driver, gallery, Qt.Key.Key_Return)
    assert digits.session.experiment.name == "xor"


def test_typing_searches_and_enter_opens_what_is_left(gallery: GalleryWindow, digits: MainWindow, driver: Driver):
    driver.qtbot.keyClicks(gallery.focusWidget(), "m")
    assert gallery.focusWidget() is gallery.search_field
    driver.qtbot.keyClicks(gallery.search_field, "oons")
    assert [card.example.file for card in gallery.page.shown] == ["moons"]
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        press(driver, gallery, Qt.Key.Key_Return)
    assert digits.session.experiment.name == "moons"


def test_a_search_for_what_is_not_there_says_so_and_escape_clears_it_first(gallery: GalleryWindow, driver: Driver):
    gallery.search_field.setFocus()
    driver.qtbot.keyClicks(gallery.search_field, "zebra")
    assert not gallery.page.shown and gallery.page.nothing.isVisible()
    press(driver, gallery, Qt.Key.Key_Escape)
    assert len(gallery.page.shown) == len(EXAMPLES) and gallery.isVisible()
    press(driver, gallery, Qt.Key.Key_Escape)
    assert gallery.isHidden()


def test_data_that_is_not_there_is_said_and_the_card_opens_all_the_same(
    gallery: GalleryWindow, digits: MainWindow, driver: Driver
):
    # The window was given no folders.
    card = gallery.page.cards["mnist-mlp"]
    assert card.note.isVisible() and card.note.text().startswith("MNIST is not on this machine")
    assert "Fashion-MNIST" in gallery.page.cards["comparisons/mnist-against-fashion"].note.text()
    assert gallery.page.cards["digits-mlp"].note.isHidden()
    driver.qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    driver.wait_for(lambda: digits.download_notice.isVisible())
    assert "MNIST" in digits.download_notice.text


def test_opened_again_it_begins_with_all_examples_and_knows_of_data_that_has_come(
    gallery: GalleryWindow, digits: MainWindow, driver: Driver, real_data: Path
):
    gallery.search_field.setText("spirals")
    gallery.close()
    digits.session.loading.folders.append(real_data)
    digits.commands["examples"].trigger()
    assert len(gallery.page.shown) == len(EXAMPLES) and gallery.focusWidget() is gallery.page.cards["xor"]
    driver.wait_for(lambda: gallery.page.cards["mnist-mlp"].note.isHidden())
    assert not gallery.page.cards["mnist-latent-svm"].note.isHidden()


def test_what_is_to_be_trained_first_is_named(gallery: GalleryWindow):
    note = gallery.page.cards["mnist-latent-svm"].note.text()
    assert "MNIST is not on this machine" in note and example_named("mnist-autoencoder").title in note


def test_a_run_that_is_kept_is_left_without_a_question(traveller, driver: Driver, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or QMessageBox.StandardButton.Cancel)
    window = traveller.window
    window.commands["examples"].trigger()
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.gallery.window.page.cards["circles"].click()
    assert window.session.experiment.name == "circles" and not asked


def test_a_comparison_opens_its_own_window(gallery: GalleryWindow, digits: MainWindow, driver: Driver):
    gallery.page.cards["sweeps/width-and-rate"].click()
    driver.wait_for(lambda: digits.sweeping.work is not None and not digits.session.jobs.is_busy)
    assert digits.session.experiment.name == "digits-mlp"


def test_a_first_start_offers_the_examples_once_and_is_in_nobodys_way(digits: MainWindow, driver: Driver):
    digits.gallery.offer_once(driver.memory, digits.notice.welcome)
    assert "examples" in digits.notice.text
    digits.notice.button.click()
    assert digits.gallery.window.isVisible()
    digits.gallery.window.close()
    digits.run_bar.run.click()
    driver.wait_for(lambda: not digits.notice.text)
    digits.gallery.offer_once(driver.memory, digits.notice.welcome)
    assert not digits.notice.text


def test_an_example_that_was_changed_and_trained_is_left_without_a_question(
    traveller, driver: Driver, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or QMessageBox.StandardButton.Cancel)
    window = traveller.window
    changed = with_settings(window.session.experiment, ["training.learning_rate=0.03"])
    window.session.edit(changed)
    window.session.reset()
    driver.finish(window)
    assert not window.session.is_saved
    window.commands["examples"].trigger()
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.gallery.window.page.cards["moons"].click()
    assert window.session.experiment.name == "moons" and not asked


def test_a_change_that_no_run_has_is_still_asked_about(traveller, driver: Driver, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or QMessageBox.StandardButton.Cancel)
    window = traveller.window
    window.session.edit(with_settings(window.session.experiment, ["training.batch_size=7", "model.layers.0.units=5"]))
    before = window.session.experiment
    window.commands["examples"].trigger()
    window.gallery.window.page.cards["moons"].click()
    driver.wait_for(lambda: bool(asked))
    assert window.session.experiment == before
