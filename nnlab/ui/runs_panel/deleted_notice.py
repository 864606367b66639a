"""The line that tells of runs that were deleted, and the ways to have them back: its button, and Edit > Undo."""

from collections.abc import Callable

from nnlab.ui.edit_history import EditHistory
from nnlab.ui.runs_panel.reader import Reader
from nnlab.ui.widgets.notice import NoticeLine


class DeletedNotice(NoticeLine):
    """While it stands it is about all that were deleted since it appeared; Undo in the menu takes one deletion after the
    other back. `delete` deletes runs anew, where that is redone.
    """

    def __init__(self, reader: Reader, edit_history: EditHistory, delete: Callable[[tuple[int, ...]], object]) -> None:
        super().__init__()
        self.setAccessibleName("Deleted runs")
        self._reader, self._edit_history, self._delete = reader, edit_history, delete
        self._numbers: tuple[int, ...] = ()
        reader.deleted.connect(self._on_deleted)
        edit_history.deletion_wanted.connect(self._on_wanted)
        self.acted.connect(self._bring_all_back)

    def _on_deleted(self, numbers: tuple[int, ...]) -> None:
        self._edit_history.record_deletion(numbers)
        self._tell_of(numbers if self.isHidden() else (*self._numbers, *numbers))

    def _tell_of(self, numbers: tuple[int, ...]) -> None:
        self._numbers = numbers
        if numbers:
            which = f"Run {numbers[0]:,} was" if len(numbers) == 1 else f"{len(numbers):,} runs were"
            self.tell(f"{which} deleted.", "Undo")
        else:
            self.hide()

    def _on_wanted(self, numbers: tuple[int, ...], is_deleted: bool) -> None:
        if is_deleted:
            self._delete(numbers)
            return
        self._reader.bring_back(numbers)
        if not self.isHidden():
            self._tell_of(tuple(number for number in self._numbers if number not in numbers))

    def _bring_all_back(self) -> None:
        self.hide()
        self._reader.bring_back(self._numbers)
        self._edit_history.forget_deletions(self._numbers)
