"""The window of the examples: a search, and a page of cards that scrolls."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from nnlab.experiments.examples import Example
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.gallery.card import ExampleCard
from nnlab.ui.gallery.page import GalleryPage
from nnlab.ui.gallery.seen import Seen
from nnlab.ui.widgets.card import label

_ABOUT = "A click opens one; the run that is open is kept in Runs. Then press Space to train."
# Around a card that the arrow keys have come to.
_AROUND = 60
# Pictures that are taken up between two events of the window.
_AT_ONCE = 4


class GalleryWindow(QDialog):
    """Says which example was chosen; somebody else opens it."""

    chosen = Signal(object)  # Example

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Examples")
        begin_as_large(self, (1000, 690), (560, 400))
        self.page = GalleryPage()
        self._waiting: list[tuple[str, QImage]] = []
        self._soon = QTimer(self)
        self._soon.timeout.connect(self._show_some)
        self.search_field = QLineEdit()
        self.search_field.setPlaceholderText("Search: spirals, convolution, Boltzmann…")
        self.search_field.setAccessibleName("Search the examples")
        self.search_field.setClearButtonEnabled(True)
        self.search_field.setMaximumWidth(320)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("gallery")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that no card jumps when the search leaves fewer.
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.page)
        about = label(_ABOUT, "muted")
        about.setWordWrap(True)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 4)
        head.setSpacing(12)
        head.addWidget(self.search_field, 1)
        head.addWidget(about, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.search_field.textChanged.connect(self.page.search)
        self.page.chosen.connect(self._choose)
        self.page.focused.connect(self._bring_into_sight)
        self.page.left_upwards.connect(self.search_field.setFocus)
        self.page.typed.connect(self._go_on_searching)

    def show_seen(self, seen: Seen) -> None:
        """The pictures, a few at a time, and what data is missing."""
        for file, card in self.page.cards.items():
            card.show_missing(seen.missing.get(file, ""))
        self.page.arrange()
        self._waiting = list(seen.pictures.items())
        self._soon.start()

    def begin(self) -> None:
        """All examples, from the first one on."""
        self.search_field.clear()
        self.page.enter()

    def _show_some(self) -> None:
        """What trains beside it must not wait for all of them."""
        some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        for file, image in some:
            self.page.cards[file].show_picture(image)
        if not self._waiting:
            self._soon.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the search Enter opens the first that is left, and the arrow key goes to it; Escape clears, then closes."""
        searching = self.search_field.hasFocus()
        if searching and event.key() == Qt.Key.Key_Down:
            self.page.enter()
        elif searching and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.page.shown:
                self.page.shown[0].click()
        elif event.key() == Qt.Key.Key_Escape and self.search_field.text():
            self.search_field.clear()
            self.search_field.setFocus()
        else:
            super().keyPressEvent(event)

    def _choose(self, example: Example) -> None:
        self.close()
        self.chosen.emit(example)

    def _bring_into_sight(self, card: ExampleCard) -> None:
        self._scroll.ensureWidgetVisible(card, 0, _AROUND)

    def _go_on_searching(self, text: str) -> None:
        self.search_field.setFocus()
        self.search_field.setText(self.search_field.text() + text)
