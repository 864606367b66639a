"""One pane of the stage: a head in one line, and a view below it."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnlab.ui.icons import icon
from nnlab.ui.setup.form import Choice
from nnlab.ui.stage.view_tabs import ViewTabs
from nnlab.ui.theme import Theme
from nnlab.ui.views import View
from nnlab.ui.widgets.card import set_role
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.export_button import ExportButton
from nnlab.ui.widgets.scrolled import Scrolled

_AROUND_TITLE = 36  # pixels of padding and arrow
_LONGEST_STAMP = "step 10,000,000, 10,000,000 steps ago"


class PaneHead(QWidget):
    """The line above a view; a double-click on what is no button of it is a wish."""

    double_clicked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On the stamp, or on nothing."""
        self.double_clicked.emit()


class HeadChoice(Choice):
    """The view's title, as wide as that, with the others in its list."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("head")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The arrow stands beside the title."""
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(self.currentText()) + _AROUND_TITLE
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def showPopup(self) -> None:
        """The list is as wide as its longest title."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + _AROUND_TITLE)
        super().showPopup()


class Pane(QWidget):
    """One view at a time, with tabs to choose another; beside other panes a list takes the tabs' place."""

    chosen = Signal(str)
    used = Signal()  # it is the one in front now
    maximise_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        # Panes have the size that they are given, whatever their views would like.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.view: View | None = None
        self._is_compact = self._is_past = self._is_alone = False
        self._make_choices()
        # While it trains, views are drawn in turn: side by side each says of which step it is.
        self.stamp = Elided("muted", self.fontMetrics().horizontalAdvance(_LONGEST_STAMP))
        self.stamp.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.export = ExportButton()
        self.export.opened.connect(self.used)
        self.maximise = QToolButton()
        self.maximise.setObjectName("flat")
        self.maximise.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.maximise.clicked.connect(self.maximise_wanted)
        self._place = Scrolled()
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.setSpacing(0)
        outline.addWidget(self._make_head())
        outline.addWidget(self._place, 1)

    def _make_choices(self) -> None:
        self.views = ViewTabs()
        self.tabs = self.views.tabs
        self.tabs.currentChanged.connect(self._choose_tab)
        self.tabs.tabBarClicked.connect(self._click_tab)
        self.tabs.tabBarDoubleClicked.connect(lambda _: self.maximise_wanted.emit())
        self.choice = HeadChoice()
        self.choice.setAccessibleName("View")
        self.choice.activated.connect(lambda place: self.chosen.emit(str(self.choice.itemData(place))))

    def _make_head(self) -> QWidget:
        head = PaneHead()
        head.double_clicked.connect(self.maximise_wanted)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 2, 0)
        row.setSpacing(2)
        row.addWidget(self.views, 1)
        row.addWidget(self.choice)
        row.addWidget(self.stamp, 1)
        row.addSpacing(4)
        row.addWidget(self.export)
        row.addWidget(self.maximise)
        return head

    def use_actions(self, exports: Sequence[QAction], maximise: QAction) -> None:
        """What its buttons stand for."""
        self.export.offer(exports)
        self.maximise.setToolTip(maximise.toolTip())
        self.maximise.setAccessibleName(maximise.text())

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self.export.apply_theme(theme)
        self.maximise.setIcon(icon("shrink" if self._is_alone else "maximise", theme.muted))

    def show_view(self, name: str, view: View, choices: dict[str, str], compact: bool) -> None:
        """Show the view, and offer these others by their titles."""
        with QSignalBlocker(self.tabs), QSignalBlocker(self.choice):
            if [self.tabs.tabData(index) for index in range(self.tabs.count())] != list(choices):
                self.views.offer(choices)
                self.choice.clear()
                for key, title in choices.items():
                    self.choice.addItem(title, key)
            self.tabs.setCurrentIndex(list(choices).index(name))
            self.choice.setCurrentIndex(list(choices).index(name))
        self.choice.updateGeometry()
        self.views.fit()
        self.views.setVisible(not compact)
        self.choice.setVisible(compact)
        self._is_compact = compact
        self.show_stamp("" if not self._is_past else self.stamp.text(), self._is_past)
        self.view = view
        self._place.hold(view)

    def show_size(self, has_others: bool, is_alone: bool, theme: Theme) -> None:
        """Whether it can have the stage to itself, and whether it has."""
        self._is_alone = is_alone
        self.maximise.setVisible(has_others)
        self.apply_theme(theme)

    def show_stamp(self, words: str, is_past: bool) -> None:
        """Of which step the view is; of the present one that is said only beside others."""
        self.stamp.offer(words, *_shorter(words))
        self._is_past = is_past
        set_role(self.stamp, "then" if is_past else "muted")
        self.stamp.setVisible(self._is_compact or is_past)

    def release(self) -> None:
        """Let go of the view, so that another pane can take it."""
        if self.view is not None:
            # A hidden widget hands the focus on to whatever comes next, and Space would press it.
            focus = QApplication.focusWidget()
            if focus is not None and (focus is self.view or self.view.isAncestorOf(focus)):
                self.window().setFocus()
            self._place.release()
            self.view = None

    def focus_view(self) -> None:
        """With Tab on from here one comes to what the view holds; all other keys are the window's."""
        if self.view is not None:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_tab(self, place: int) -> None:
        self.chosen.emit(str(self.tabs.tabData(place)))
        # Arrow keys go on along the tabs.
        if not self.tabs.hasFocus():
            self.focus_view()

    def _click_tab(self, place: int) -> None:
        if place == self.tabs.currentIndex():
            self.focus_view()


def _shorter(words: str) -> tuple[str, ...]:
    """A moment in fewer words, down to none: half a word would say nothing."""
    place = words.split(", ")[0].removeprefix("the end of ")
    return place, place.removeprefix("steps ").removeprefix("step "), ""
