"""Which kind of layer the selected one is, and the choice of another in its place."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnlab.models.layers import LAYERS, Layer
from nnlab.settings import Description
from nnlab.ui.setup.form import CAPTION_WIDTH, Choice
from nnlab.ui.setup.marks import marked
from nnlab.ui.widgets.card import label


class LayerKind(QWidget):
    """A row above the layer's own settings, and like them."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.choice = Choice()
        self.choice.setAccessibleName("Kind of layer")
        self.choice.setToolTip("Another kind in this place. One that stood here before comes back as it was left.")
        self.choice.activated.connect(lambda _: self.chosen.emit(self.choice.currentData()))
        caption = label(marked(Description("Layer")), "muted")
        caption.setMinimumWidth(CAPTION_WIDTH)
        caption.setBuddy(self.choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(caption)
        row.addWidget(self.choice, 1)

    def show_layer(self, layer: Layer | None, kinds: tuple[str, ...]) -> None:
        """The kind of this layer, of these that there may be; nothing where no layer is selected."""
        self.setVisible(layer is not None)
        if layer is None:
            return
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for kind in kinds:
                self.choice.addItem(LAYERS[kind].title, kind)
            self.choice.setCurrentIndex(self.choice.findData(layer.kind))
