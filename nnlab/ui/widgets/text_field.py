"""A line for a text that can be taken back while it is typed."""

from PySide6.QtWidgets import QLineEdit


class TextField(QLineEdit):
    """Shows a text, and what a person types instead until it is entered or taken back."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show this, unless a person is typing."""
        self._shown = text
        if not self.is_typing:
            self.setText(text)

    @property
    def is_typing(self) -> bool:
        """Whether something stands there that was typed and is not entered yet."""
        return self.hasFocus() and self.isModified()

    def commit(self) -> bool:
        """Enter what was typed, as Enter does."""
        self.editingFinished.emit()
        return True

    def revert(self) -> None:
        """What was typed is gone."""
        self.setText(self._shown)
