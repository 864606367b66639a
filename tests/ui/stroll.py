"""Random things to do around the views: layouts, panes, dividers, drawers, sections, lists, and the windows beside."""

import random
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSplitterHandle

from nnlab.experiments.experiment import Experiment
from nnlab.ui.layouts import LAYOUTS
from nnlab.ui.main_window import MainWindow
from nnlab.ui.remedies import remedy_of
from nnlab.ui.setup.section import SectionLine
from nnlab.ui.stage.pane import Pane
from nnlab.ui.widgets.folding_row import FoldingRow

_WORDS = ("", "spirals", "rbm", "there is no such example")


class Stroll:
    """In one window. What it opens as a popup it closes again: whatever comes next is meant for the window."""

    def __init__(self, window: MainWindow, chance: random.Random) -> None:
        self.window, self.chance = window, chance
        self.actions: list[tuple[int, Callable[[], object]]] = [
            (2, self.choose_a_layout),
            (3, self.maximise_a_pane),
            (2, self.drag_a_divider),
            (2, self.list_what_can_be_exported),
            (3, self.open_a_drawer),
            (3, self.turn_a_section),
            (2, self.look_through_the_gallery),
            (4, self.look_at_seeds),
            (2, self.mend_or_go_on),
            (1, self.show_curves_otherwise),
        ]

    def choose_a_layout(self) -> None:
        self.window.choose_layout(self.chance.choice(list(LAYOUTS)))

    def maximise_a_pane(self) -> None:
        panes = [pane for pane in self.panes if pane.maximise.isVisible()]
        if panes:
            self.chance.choice(panes).maximise.click()

    def drag_a_divider(self) -> None:
        handles = [handle for handle in self.window.stage.findChildren(QSplitterHandle) if handle.isVisible()]
        if not handles:
            return
        handle, left = self.chance.choice(handles), Qt.MouseButton.LeftButton
        middle = handle.rect().center()
        QTest.mousePress(handle, left, pos=middle)
        QTest.mouseMove(handle, middle + QPoint(self.chance.randint(-300, 300), self.chance.randint(-200, 200)))
        QTest.mouseRelease(handle, left, pos=handle.rect().center())

    def list_what_can_be_exported(self) -> None:
        """And perhaps copy the picture."""
        self.chance.choice(self.panes).export.opened.emit()
        if self.chance.random() < 0.3:
            self.window.commands["copy_view"].trigger()

    def open_a_drawer(self) -> None:
        """Of controls that have no room; each of them is used where it lies."""
        rows = [row for row in self.window.findChildren(FoldingRow) if row.isVisible() and row.more.isVisible()]
        if not rows:
            return
        row = self.chance.choice(rows)
        row.more.click()
        QApplication.processEvents()
        row.drawer.close()

    def turn_a_section(self) -> None:
        lines = [line for line in self.window.findChildren(SectionLine) if line.isVisible()]
        if lines:
            self.chance.choice(lines).click()

    def look_through_the_gallery(self) -> None:
        self.window.commands["examples"].trigger()
        gallery = self.window.gallery.window
        gallery.search_field.setText(self.chance.choice(_WORDS))
        gallery.resize(self.chance.choice((560, 1000, 1600)), self.chance.choice((400, 690)))
        QApplication.processEvents()
        gallery.close()

    def look_at_seeds(self) -> None:
        """Choose one, lay it over the curves, take the band away, look at more of them, open a run; none is trained."""
        self.window.commands["seeds"].trigger()
        seeds, chance = self.window.sweeping.seeds.window, self.chance
        for _ in range(chance.randrange(4)):
            match chance.randrange(6):
                case 0:
                    seeds.bar.count.setCurrentIndex(chance.randrange(seeds.bar.count.count()))
                    seeds.bar.count.activated.emit(0)
                case 1:
                    seeds.bar.choice.setCurrentIndex(chance.randrange(seeds.bar.choice.count()))
                    seeds.bar.choice.activated.emit(0)
                case 2:
                    seeds.card.band.click()
                case 3:
                    seeds.card.lay.click()
                case 4:
                    seeds.resize(chance.choice((640, 1040, 1600)), chance.choice((480, 760)))
                case _:
                    self._press_a_seed()
            QApplication.processEvents()
        if chance.random() < 0.6:
            seeds.close()

    def _press_a_seed(self) -> None:
        strip = self.window.sweeping.seeds.window.strip
        if strip.tiles:
            place = self.chance.choice(strip.places()).center()
            press = QTest.mouseDClick if self.chance.random() < 0.1 else QTest.mouseClick
            press(strip, Qt.MouseButton.LeftButton, pos=place)

    def mend_or_go_on(self) -> None:
        """What needs a file that is asked for, or another day, is left."""
        remedy = remedy_of(self.window.session.situation)
        name = "mend" if remedy is not None and isinstance(remedy.cure, Experiment) else "continue"
        if self.window.commands[name].isEnabled():
            self.window.commands[name].trigger()

    def show_curves_otherwise(self) -> None:
        controls, chance = self.window.curves.controls, self.chance
        box = chance.choice((controls.log, controls.raw, controls.rate))
        box.setChecked(not box.isChecked())

    @property
    def panes(self) -> list[Pane]:
        return [pane for pane in self.window.stage.panes if pane.isVisible()]
