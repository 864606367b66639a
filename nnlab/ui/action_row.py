"""What stands in the table of actions: how a row looks in a situation, when it can be done, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QSettings
from PySide6.QtGui import QKeySequence

from nnlab.ui.appearance import Appearance
from nnlab.ui.baselines.opening import OpensBaselines
from nnlab.ui.benchmark.opening import Benchmarking
from nnlab.ui.browser.opening import Browsing
from nnlab.ui.compare.comparing import Comparing
from nnlab.ui.files import Files
from nnlab.ui.gallery.opening import OpensGallery
from nnlab.ui.layout_choice import LayoutChoice
from nnlab.ui.runs_panel.runs_list import RunsList
from nnlab.ui.session import Session
from nnlab.ui.situation import Situation
from nnlab.ui.stage import Stage
from nnlab.ui.sweeps.opening import Sweeping
from nnlab.ui.views.curves.curves import CurvesView

Keys = QKeySequence.StandardKey | str


class Desk(Protocol):
    """The window, as far as actions need it."""

    session: Session
    files: Files
    stage: Stage
    browsing: Browsing
    comparing: Comparing
    benchmarking: Benchmarking
    sweeping: Sweeping
    baselines: OpensBaselines
    gallery: OpensGallery
    appearance: Appearance
    memory: QSettings
    curves: CurvesView
    layouts: LayoutChoice

    @property
    def runs_panel(self) -> RunsList: ...  # noqa: D102

    def export_view(self) -> None: ...  # noqa: D102
    def copy_view(self) -> None: ...  # noqa: D102
    def export_numbers(self) -> None: ...  # noqa: D102
    def maximise_view(self) -> None: ...  # noqa: D102
    def copy_curves(self) -> None: ...  # noqa: D102
    def save_curves(self) -> None: ...  # noqa: D102
    def export_curves(self) -> None: ...  # noqa: D102
    def export_inspector(self) -> None: ...  # noqa: D102
    def choose_layout(self, name: str) -> None: ...  # noqa: D102
    def restore_layout(self) -> None: ...  # noqa: D102
    def turn_dock(self, name: str) -> None: ...  # noqa: D102
    def shows_dock(self, name: str) -> bool: ...  # noqa: D102
    def show_breakpoints(self) -> None: ...  # noqa: D102
    def export_film(self) -> object: ...  # noqa: D102
    def show_keyboard(self) -> None: ...  # noqa: D102
    def show_installation(self) -> None: ...  # noqa: D102
    def mend(self) -> None: ...  # noqa: D102
    def show_about(self) -> None: ...  # noqa: D102
    def close(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Face:
    """How a row looks in a situation: a word and a picture on its button, and what its tooltip says where that is not the
    row's help; words are those of the menu where they are not the row's.
    """

    word: str = ""
    icon: str = ""
    help: str = ""
    words: str = ""


@dataclass(frozen=True)
class Row:
    """One thing that can be done.

    name tells it from all others. words stand in the menu of that name, or in a submenu of it; rows of one section stand
    together. help is what the
    tooltip of its button and the list of keys say; face is how button and menu look in a situation. can says in which there
    is something to do; is_on whether it is checked, group that of its group one is.
    """

    name: str
    menu: str
    section: int
    words: str
    act: Callable[[Desk], object]
    keys: tuple[Keys, ...] = ()
    help: str = ""
    face: Callable[[Situation], Face] = lambda situation: Face()
    can: Callable[[Situation], bool] = lambda situation: True
    submenu: str = ""
    group: str = ""
    is_on: Callable[[Desk], bool] | None = None
