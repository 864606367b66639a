"""The gallery's page: the cards of each group below its name, in as many columns as there is room for."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from nnlab.experiments.examples import EXAMPLES, GROUPS
from nnlab.ui.gallery.card import CARD_WIDTH, ExampleCard
from nnlab.ui.widgets.card import label

_GAP, _MARGIN = 12, 16
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class GalleryPage(QWidget):
    """Arrow keys go from card to card, Enter and Space open one; what is typed else is for the search."""

    chosen = Signal(object)  # Example
    focused = Signal(object)  # the card that the arrow keys have come to
    left_upwards = Signal()  # by the arrow key, from the first row
    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.cards: dict[str, ExampleCard] = {}
        self._found = list(EXAMPLES)  # what the search leaves
        self._columns = 0
        # Else it would never become narrower than the columns that it has.
        self.setMinimumWidth(CARD_WIDTH + 2 * _MARGIN)
        self._grids: dict[str, tuple[QWidget, QGridLayout]] = {}
        outline = QVBoxLayout(self)
        outline.setContentsMargins(_MARGIN, 8, _MARGIN, _MARGIN)
        outline.setSpacing(8)
        for group in GROUPS:
            section, grid = QWidget(), QGridLayout()
            column = QVBoxLayout(section)
            column.setContentsMargins(0, 8, 0, 0)
            column.setSpacing(8)
            column.addWidget(label(group, "title"))
            column.addLayout(grid)
            grid.setSpacing(_GAP)
            for example in (example for example in EXAMPLES if example.group == group):
                self.cards[example.file] = ExampleCard(example, section)
            self._grids[group] = (section, grid)
            outline.addWidget(section)
        self.nothing = label("No example speaks of that.", "muted")
        self.nothing.hide()
        outline.addWidget(self.nothing)
        outline.addStretch(1)
        for card in self.cards.values():
            card.clicked.connect(lambda _=False, example=card.example: self.chosen.emit(example))

    @property
    def shown(self) -> list[ExampleCard]:
        """The cards that the search leaves, in order."""
        return [self.cards[example.file] for example in self._found]

    @property
    def _fitting(self) -> int:
        return max((self.width() - 2 * _MARGIN + _GAP) // (CARD_WIDTH + _GAP), 1)

    def search(self, text: str) -> None:
        """Leave the examples of which every word is said."""
        words = text.lower().split()
        self._found = [example for example in EXAMPLES if all(word in example.words.lower() for word in words)]
        for card in self.cards.values():
            card.setVisible(card.example in self._found)
        self.nothing.setVisible(not self._found)
        self.arrange()

    def arrange(self) -> None:
        """Put the cards in their places; those of a row are equally high."""
        columns = self._columns = self._fitting
        for group, (section, grid) in self._grids.items():
            while grid.takeAt(0) is not None:
                pass
            shown = [card for card in self.shown if card.example.group == group]
            section.setVisible(bool(shown))
            for start in range(0, len(shown), columns):
                row = shown[start : start + columns]
                height = max(card.needed_height() for card in row)
                for place, card in enumerate(row):
                    card.setFixedSize(CARD_WIDTH, height)
                    grid.addWidget(card, start // columns, place)
            for column in range(columns + 1):
                grid.setColumnStretch(column, int(column == columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In another number of columns, where there is room for it."""
        super().resizeEvent(event)
        if self._fitting != self._columns:
            self.arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Only now the fonts are those of the style sheet."""
        super().showEvent(event)
        self.arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Of a card that has the focus."""
        card = self.focusWidget()
        if not isinstance(card, ExampleCard):
            super().keyPressEvent(event)
        elif event.key() in _ENTER:
            card.click()
        elif step := _STEPS.get(Qt.Key(event.key())):
            self._go(card, *step)
        elif (text := event.text()).strip() and text.isprintable():
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)

    def enter(self) -> None:
        """To the first card."""
        if self.shown:
            self._focus(self.shown[0])

    def _go(self, card: ExampleCard, across: int, down: int) -> None:
        rows = self._rows()
        at = next(number for number, row in enumerate(rows) if card in row)
        if across:
            cards = self.shown
            place = cards.index(card) + across
            if 0 <= place < len(cards):
                self._focus(cards[place])
        elif at + down < 0:
            self.left_upwards.emit()
        elif at + down < len(rows):
            row = rows[at + down]
            self._focus(row[min(rows[at].index(card), len(row) - 1)])

    def _rows(self) -> list[list[ExampleCard]]:
        rows = []
        for group in GROUPS:
            shown = [card for card in self.shown if card.example.group == group]
            rows += [shown[start : start + self._columns] for start in range(0, len(shown), self._columns)]
        return rows

    def _focus(self, card: ExampleCard) -> None:
        card.setFocus(Qt.FocusReason.TabFocusReason)
        self.focused.emit(card)
