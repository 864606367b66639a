"""A question's buttons say what they do, and whoever ends the box otherwise has chosen nothing."""

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from nnlab.ui.main_window import MainWindow
from nnlab.ui.widgets.question import Button, ask

WORDS = {Button.Discard: "Replace", Button.Cancel: "Leave it"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(Button.Discard, Button.Discard), (Button.Cancel, Button.Cancel), (0, Button.Cancel), (Button.Yes, Button.Cancel)],
)
def test_the_buttons_have_our_words(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, answer: object, expected: object) -> None:
    seen: list[tuple[list[str], str]] = []

    def look(box: QMessageBox) -> object:
        seen.append((sorted(button.text() for button in box.buttons()), box.defaultButton().text()))
        return answer

    monkeypatch.setattr(QMessageBox, "exec", look)
    assert ask(None, "Replace", "a.toml exists already.", "Replace it?", WORDS, Button.Cancel) == expected
    assert seen == [(["Leave it", "Replace"], "Leave it")]


def test_a_window_asks_in_words_about_what_is_not_saved(xor: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: seen.append({each.text() for each in box.buttons()}) or 0)
    xor.files._ask("Unsaved changes", "It has changes.", "Save now?", Button.Save)
    xor.files._ask("Saving", "It is being saved.", "Go on?", Button.Cancel)
    assert seen == [{"Save", "Do not save", "Cancel"}, {"Go on without it", "Cancel"}]
