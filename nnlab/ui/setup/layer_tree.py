"""The list of layers: a picture of what each makes of an example, its shape, what it learns and costs, and what is wrong."""

from collections.abc import Iterator

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QTreeWidgetItemIterator

from nnlab.experiments.preview import LayerLook, Preview
from nnlab.models.arrays import Shape
from nnlab.models.plan import LayerPlan, in_order
from nnlab.ui.setup.cost_words import Step, compact, in_full, shape_words
from nnlab.ui.setup.layer_places import Place, moved, top_place
from nnlab.ui.setup.look_pictures import icon_of
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import literally

# What a row of the list knows of its layer.
_PLACE, _SHAPE, _PLAN, _NOTE = (Qt.ItemDataRole.UserRole + number for number in range(4))
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MOST_ROWS, _SIDE = 6, 16
_NO_ICON = QIcon()
# What the style sheet puts around an item, above and below.
_PADDING = 4
_HEADS = {
    "layer": "",
    "output": "Shape of what comes out for one example",
    "params": "Numbers that the layer learns",
    "MACs": "Multiply-adds of one example's way forward: products of an input with a weight, added up",
}


# Columns that give up their room, one after the other.
_YIELDING = (3, 2)

# Sentences, and their roles in the style sheet.
Notes = dict[Place, tuple[str, str]]


class LayerTree(QTreeWidget):
    """A row for the input and one for every layer, of which one is selected; below a layer those inside, and faults."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Layers")
        self.setHeaderLabels(list(_HEADS))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(10)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(20)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, meaning in enumerate(_HEADS.values()):
            self.headerItem().setToolTip(column, meaning)
            if column:
                self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
                self.headerItem().setTextAlignment(column, _RIGHT)
        self._theme: Theme = LIGHT
        self._preview: Preview | None = None
        self._looks: dict[Place, LayerLook] = {}
        self._icons: list[QIcon] = []
        self._dead: Place | None = None
        self._plans: tuple[LayerPlan, ...] = ()
        self._input_shape: Shape | None = None
        self._step: Step | None = None

    @property
    def place(self) -> Place:
        """Where the selected layer stands."""
        item = self.currentItem()
        return item.data(0, _PLACE) if item else top_place(0)

    @property
    def plan(self) -> LayerPlan | None:
        """What the selected layer will be; None of the input."""
        item = self.currentItem()
        return item.data(0, _PLAN) if item else None

    @property
    def shape(self) -> Shape | None:
        """What comes out of the selected layer, as far as that is known."""
        item = self.currentItem()
        return item.data(0, _SHAPE) if item else None

    @property
    def look(self) -> LayerLook | None:
        """What the selected layer makes of an example, where that has been looked at."""
        return self._looks.get(self.place)

    def shape_before(self, place: Place) -> Shape | None:
        """What comes into a layer, as far as that is known."""
        if item := self._item_at(moved(place, -1)):
            shape: Shape | None = item.data(0, _SHAPE)
            return shape
        return self.shape_before(place[:-1]) if len(place) > 1 else None

    def apply_theme(self, theme: Theme) -> None:
        """The colours of the pictures."""
        self._theme = theme
        self._draw()
        self._show_icons()

    def show_plans(self, plans: tuple[LayerPlan, ...], input_shape: Shape | None, step: Step | None) -> None:
        """Fill the list, keeping the selected row, with the pictures that there were until there are others."""
        if (plans, input_shape, step) != (self._plans, self._input_shape, self._step):
            self._plans, self._input_shape, self._step = plans, input_shape, step
            self._find_looks()
            self._fill()

    def show_preview(self, preview: Preview | None) -> None:
        """A picture in every row; below the first layer that makes the same of all examples a word about it."""
        if preview is not self._preview:
            self._preview, dead = preview, self._dead
            self._find_looks()
            self._draw()
            if self._dead != dead:
                self._fill()
            else:
                self._show_icons()

    def select(self, place: Place) -> None:
        """Select the layer that stands there, if one does."""
        if item := self._item_at(place):
            self.setCurrentItem(item)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notes wrap anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _find_looks(self) -> None:
        """By the places of the layers; what was looked at may have other layers than those that stand here by now."""
        preview, places = self._preview, list(_places((self._plans,), ()))
        self._looks, self._dead = {}, None
        if preview is not None and preview.input is not None and len(preview.layers) == len(places):
            self._looks = {top_place(-1): preview.input} | dict(zip(places, preview.layers, strict=True))
            dead = next((place for place, look in self._looks.items() if 0 < look.units == look.alike), None)
            self._dead = dead if dead != top_place(-1) else None

    def _draw(self) -> None:
        """The pictures of the looks there are: the input's and the layers'."""
        ratio = self.devicePixelRatioF()
        self._icons = [QIcon(icon_of(look, self._theme, _SIDE, ratio)) for look in self._looks.values()]

    def _show_icons(self) -> None:
        icons = dict(zip(self._looks, self._icons, strict=False))
        for item in self._all_items():
            item.setIcon(0, icons.get(item.data(0, _PLACE), _NO_ICON))

    def _fill(self) -> None:
        place = self.place
        with QSignalBlocker(self):
            self.clear()
            self.addTopLevelItem(_row("Input", self._input_shape, top_place(-1)))
            self.addTopLevelItems(_rows((self._plans,), (), self._input_shape, self._step, self._notes()))
            self.expandAll()
            for item in self._all_items():
                if note := item.data(0, _NOTE):
                    self._show_note(item, *note)
            last = top_place(min(max(place[0][1], 0), len(self._plans) - 1))
            self.select(place if self._item_at(place) else last)
        self._show_icons()
        self._fit()

    def _notes(self) -> Notes:
        """What is to be said below layers, by their places."""
        plans = dict(zip(_places((self._plans,), ()), in_order(self._plans), strict=True))
        notes: Notes = {place: (plan.problem, "error") for place, plan in plans.items() if plan.problem}
        if self._dead is not None and self._preview is not None:
            words = f"At the start the same for all {self._preview.examples} examples."
            notes.setdefault(self._dead, (words, "muted"))
        return notes

    def _show_note(self, note: QTreeWidgetItem, text: str, role: str) -> None:
        note.setFirstColumnSpanned(True)
        words = label(text, role)
        words.setWordWrap(True)
        words.setContentsMargins(_SIDE, 0, 0, 2)
        self.setItemWidget(note, 0, words)

    def _make_room(self) -> None:
        """A name comes before what a layer costs, which hovering tells as well."""
        for column in _YIELDING:
            self.setColumnHidden(column, False)
        for column in _YIELDING:
            others = sum(self.sizeHintForColumn(at) for at in range(1, len(_HEADS)) if not self.isColumnHidden(at))
            if self.sizeHintForColumn(0) + others <= self.viewport().width():
                break
            self.setColumnHidden(column, True)

    def _fit(self) -> None:
        """As high as its rows, up to some; sentences as high as they take at this width."""
        self._make_room()
        height = count = 0
        for item in self._all_items():
            words = self.itemWidget(item, 0)
            own = self.sizeHintForRow(0)
            if words is not None:
                own = _PADDING + words.heightForWidth(self.viewport().width() - self.indentation() * _depth(item))
                item.setSizeHint(0, QSize(1, own))
            count += words is None
            height += own if count <= _MOST_ROWS else 0
        self.setFixedHeight(height + self.header().sizeHint().height() + 2)

    def _item_at(self, place: Place) -> QTreeWidgetItem | None:
        return next((item for item in self._all_items() if item.data(0, _PLACE) == place), None)

    def _all_items(self) -> Iterator[QTreeWidgetItem]:
        iterator = QTreeWidgetItemIterator(self)
        while item := iterator.value():
            yield item
            iterator += 1


def _places(branches: tuple[tuple[LayerPlan, ...], ...], around: Place) -> Iterator[Place]:
    """Of all layers in the order in which outputs are made: those inside of a layer before it."""
    for branch, plans in enumerate(branches):
        for number, plan in enumerate(plans):
            place = (*around, (branch, number))
            yield from _places(plan.branches, place)
            yield place


def _rows(
    branches: tuple[tuple[LayerPlan, ...], ...],
    around: Place,
    input_shape: Shape | None,
    step: Step | None,
    notes: Notes,
) -> list[QTreeWidgetItem]:
    """A row for every layer, with rows for the layers inside of it below."""
    rows: list[QTreeWidgetItem] = []
    for branch, plans in enumerate(branches):
        word = f"{branch + 1}: " if len(branches) > 1 else ""
        if not plans and around:
            rows.append(_row(f"{word}as it is", input_shape, (*around, (branch, -1))))
        for number, plan in enumerate(plans):
            place = (*around, (branch, number))
            row = _row(word + plan.title, plan.shape, place, plan)
            tip = literally(f"{plan.title}\n{in_full(plan, step)}") if step is not None and plan.shape is not None else ""
            for column in range(len(_HEADS)):
                row.setToolTip(column, tip)
            if place in notes:
                row.addChild(_note(notes[place]))
            row.addChildren(_rows(plan.branches, place, plan.input_shape, step, notes))
            rows.append(row)
    return rows


def _row(title: str, shape: Shape | None, place: Place, plan: LayerPlan | None = None) -> QTreeWidgetItem:
    """With its place, its shape and its plan in it."""
    figures = [compact(plan.parameters), compact(plan.forward)] if plan is not None else ["", ""]
    item = QTreeWidgetItem([title, shape_words(shape), *figures])
    for column in range(1, len(_HEADS)):
        item.setTextAlignment(column, _RIGHT)
    # As high before the picture is there.
    item.setSizeHint(0, QSize(1, _SIDE + _PADDING))
    item.setData(0, _PLACE, place)
    item.setData(0, _SHAPE, shape)
    item.setData(0, _PLAN, plan)
    return item


def _note(note: tuple[str, str]) -> QTreeWidgetItem:
    """A row for a sentence about the layer around it."""
    item = QTreeWidgetItem()
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setData(0, _NOTE, note)
    return item


def _depth(item: QTreeWidgetItem) -> int:
    parent = item.parent()
    return 0 if parent is None else 1 + _depth(parent)
