"""Opening the page of keys beside a window, which has one of it."""

from PySide6.QtWidgets import QWidget


def show_keys(window: QWidget) -> None:
    """The page, brought to the front where it is open already."""
    # Loaded when it is wanted: a start needs none of it.
    from nnlab.ui.keyboard_page.page import KeyboardPage

    page = next(iter(window.findChildren(KeyboardPage)), None) or KeyboardPage(window)
    page.show()
    page.raise_()
    page.activateWindow()
