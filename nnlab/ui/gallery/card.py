"""One example in the gallery: its picture, what it is called, what it asks and shows, and what it needs."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnlab.experiments.examples import Example, example_named
from nnlab.ui.widgets.card import label

CARD_WIDTH = 226
_MARGIN = 10
_PICTURE = QSize(CARD_WIDTH - 2 * _MARGIN - 2, 114)
# The pictures have two pixels for one of the window, so that they are sharp on dense screens, too.
_DENSITY = 2


class ExampleCard(QPushButton):
    """A button as large as its texts need."""

    def __init__(self, example: Example, parent: QWidget) -> None:
        super().__init__(parent)
        self.example = example
        self.setObjectName("example")
        self.setAutoDefault(False)
        self.setAccessibleName(example.title)
        self.setAccessibleDescription(" ".join(filter(None, (example.question, example.sentence))))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.picture = QLabel()
        self.picture.setFixedSize(_PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # It comes later; its place is there at once.
        self.picture.setVisible(example.picture.exists())
        self.note = label("", "note")
        self.note.hide()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(4)
        column.addWidget(self.picture)
        texts = ((example.title, "title"), (example.question, ""), (example.sentence, "muted"))
        for part in (*(label(_together(text), role) for text, role in texts if text), self.note):
            part.setWordWrap(True)
            column.addWidget(part)
        column.addStretch(1)
        for part in self.findChildren(QLabel):
            # What is pressed is the card.
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_missing("")

    def show_picture(self, image: QImage) -> None:
        """As large as its place, in its own proportions."""
        room = _PICTURE * _DENSITY
        how = Qt.TransformationMode.SmoothTransformation
        scaled = image if image.size() == room else image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, how)
        pixmap = QPixmap.fromImage(scaled)
        pixmap.setDevicePixelRatio(_DENSITY)
        self.picture.setPixmap(pixmap)

    def show_missing(self, titles: str) -> None:
        """What it needs: data that is not on this machine, another example's model. The card opens all the same."""
        after = self.example.after
        sentences = (
            f"{titles} is not on this machine; open it all the same to download it." if titles else "",
            f"Needs the model of “{example_named(after).title}”: train that first." if after else "",
        )
        self.note.setText(" ".join(filter(None, sentences)))
        self.note.setVisible(bool(self.note.text()))

    def needed_height(self) -> int:
        """What its texts need at its width."""
        return self._column.totalHeightForWidth(CARD_WIDTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space alone is for a button; Qt's own arrow keys would go anywhere."""
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        """Of what is in it, not of a button's text."""
        return QSize(CARD_WIDTH, self.needed_height())


def _together(text: str) -> str:
    """No line ends between the sides of 8 × 8."""
    return text.replace(" × ", "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}")
