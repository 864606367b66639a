"""Names of layers for people: where to choose one, and as much of one as there is room for."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Signal

from nnlab.models.layers.sequence import readable_name
from nnlab.ui.setup.form import Choice

_WIDEST = 24  # letters
_BEHIND_INITIAL = re.compile(r"(?<=^.)\D*")


def fitted_name(name: str, room: float, width_of: Callable[[str], float]) -> str:
    """A layer's name in so much room: where it is too long, the layers that it stands in by their initials, the outermost
    first; then its kind in one word. Of a kind no two are alike then.
    """
    parts = name.split(".")
    texts = [readable_name(".".join([*map(_initial, parts[:first]), *parts[first:]])) for first in range(len(parts))]
    texts += [short_name(name), *(short_name(".".join([*parts[:-1], kind])) for kind in in_one_word(parts[-1]))]
    return next((text for text in texts if width_of(text) <= room), texts[-1])


def in_one_word(kind: str) -> tuple[str, str, str]:
    """max_pool2d1 as max_pool1, and as pool1: that it is of pictures can be seen; at last as m1."""
    bare = kind.replace("2d", "")
    return bare, bare.rpartition("_")[2], _initial(bare)


def short_name(name: str) -> str:
    """r1›b2›dense1."""
    *outer, last = name.split(".")
    return "›".join([*map(_initial, outer), last])


def _initial(part: str) -> str:
    """residual1 is r1."""
    return _BEHIND_INITIAL.sub("", part)


class LayerChoice(Choice):
    """A list of a model's layers, and before them perhaps words for all."""

    chosen = Signal(str)  # a layer's name; "" is all of them

    def __init__(self, all_of_them: str = "") -> None:
        super().__init__()
        self.setAccessibleName("Layer")
        self._all = {"": all_of_them} if all_of_them else {}
        self._names: list[str] = []
        self.currentIndexChanged.connect(self._tell)

    def show_layers(self, layers: Sequence[str], shown: str) -> None:
        """These can be chosen, and this one is; nobody is told."""
        names = [*self._all, *layers]
        with QSignalBlocker(self):
            if names != self._names:
                self._names = names
                self.clear()
                self.addItems([self._all.get(name, readable_name(name)) for name in names])
                self._make_room()
            self.setCurrentIndex(names.index(shown) if shown in names else 0)

    def _make_room(self) -> None:
        """Names of layers inside of others are long."""
        is_nested = any("." in name for name in self._names)
        longest = max(len(self.itemText(place)) for place in range(self.count())) if is_nested else 0
        self.setMinimumContentsLength(min(max(longest, 9), _WIDEST))
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24 if is_nested else 0)

    def _tell(self, place: int) -> None:
        if 0 <= place < len(self._names):
            self.chosen.emit(self._names[place])
