"""The controls above a picture: what there is no room for is folded into a drawer behind a ⋯ button."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLayoutItem, QSizePolicy, QToolButton, QWidget, QWidgetItem

from nnlab.ui.icons import icon
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.drawer import Drawer
from nnlab.ui.widgets.flow import ANY_SIZE, LEAST_FILLER, Lines, lines_of, place_lines

_SPACING = 8


class FoldingRow(QWidget):
    """Lays controls from left to right in at most `most_lines` lines; the last ones, where they do not fit, in its drawer.

    In there lie the very same widgets, so that whoever knows them need not know where they are. The filler takes what the
    controls leave, or a line of its own. A control is added in the order of its weight: the first one is never folded.
    """

    def __init__(self) -> None:
        super().__init__()
        self.most_lines = 1
        self._members: dict[QWidget, QWidgetItem] = {}
        self._filler: QWidgetItem | None = None
        self._least = LEAST_FILLER
        self._folded: list[QWidget] = []
        self._left: QWidget | None = None  # had the focus when it was folded
        # What its controls ask for, now and when they were placed, and how high that is in which width: it is asked often.
        self._wishes: tuple[object, ...] = ()
        self._placed: tuple[object, ...] = ()
        self._heights: dict[int, int] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._drawer: Drawer | None = None
        self.more = QToolButton(self)
        self.more.setObjectName("flat")
        self.more.setAccessibleName("More controls")
        self.more.setToolTip("More controls")
        self.more.setIconSize(QSize(18, 18))
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.clicked.connect(self._open)
        # Its size counts before it is seen.
        policy = self.more.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.more.setSizePolicy(policy)
        self.more.ensurePolished()
        self.more.hide()
        self._more = QWidgetItem(self.more)

    @property
    def drawer(self) -> Drawer:
        """Made when something is to lie in it: most rows have room for all."""
        if self._drawer is None:
            self._drawer = Drawer(self)
            self._drawer.closed.connect(self._fold)
            self._drawer.changed.connect(self._on_changed)
        return self._drawer

    def addWidget(self, widget: QWidget) -> None:
        """The next control; it is shown unless somebody has hidden it."""
        self._members[widget] = self._adopted(widget)

    def add_filler(self, widget: QWidget, least: int = LEAST_FILLER) -> None:
        """What is as wide as the controls leave it, if that is so many pixels at least."""
        self._filler, self._least = self._adopted(widget), least

    def allow_lines(self, most: int) -> None:
        """From now on in so many lines at most."""
        if most != self.most_lines:
            self.most_lines = most
            self._on_changed()

    def allow_filler(self, least: int) -> None:
        """From now on the filler stands beside the controls where they leave so many pixels at least."""
        if least != self._least:
            self._least = least
            self._heights.clear()
            self._on_changed()

    def apply_theme(self, theme: Theme) -> None:
        """The icon in the text's colour."""
        self.more.setIcon(icon("more", theme.text))

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher, up to the most lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of its lines in this width, as they will be when the rest has been folded."""
        self._hear()
        if width not in self._heights:
            self._heights[width] = place_lines(self._lines(width), QRect(0, 0, width, 0), _SPACING, moves=False)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """All in one line."""
        widths = [widget.sizeHint().width() for widget in self._shown()] + [self._least] * (self._filler is not None)
        return QSize(sum(widths) + _SPACING * max(len(widths) - 1, 0), self.heightForWidth(ANY_SIZE))

    def minimumSizeHint(self) -> QSize:
        """One control, and the way to the others below it."""
        widths = [
            self.more.sizeHint().width(),
            *(self._members[widget].minimumSize().width() for widget in self._shown()[:1]),
        ]
        return QSize(max(widths), self.heightForWidth(ANY_SIZE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for others."""
        super().resizeEvent(event)
        self._fold()

    def showEvent(self, event: QShowEvent) -> None:
        """While it was hidden nobody told it of its controls."""
        super().showEvent(event)
        self._fold()

    def event(self, event: QEvent) -> bool:
        """A control has another size, or has come or gone; where only other words stand in the filler nothing moves."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._hear()
            if self._wishes != self._placed:
                self._on_changed()
        return super().event(event)

    def _open(self) -> None:
        has_keys = self.more.hasFocus()
        self.drawer.open_below(self.more)
        ready = (part for widget in self._folded for part in _by_tab(widget) if part.isVisible() and part.isEnabled())
        first = next(ready, None)
        if has_keys and first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_changed(self) -> None:
        self.updateGeometry()
        self._fold()

    def _hear(self) -> None:
        """What its controls ask for; of what fills the rest only the height counts."""
        filler = self._filler
        asked = [(widget, widget.sizeHint(), self._members[widget].minimumSize()) for widget in self._shown()]
        least = (filler.sizeHint().height(), filler.minimumSize()) if filler else None
        wishes = (asked, least, self.more.sizeHint(), self.most_lines)
        if wishes != self._wishes:
            self._wishes = wishes
            self._heights.clear()

    def _adopted(self, widget: QWidget) -> QWidgetItem:
        is_hidden = widget.isHidden() and widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
        widget.setParent(self)
        widget.setVisible(not is_hidden)
        return QWidgetItem(widget)

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._members if not widget.isHidden()]

    def _kept(self, width: int) -> list[QWidget]:
        """Those that need not be folded in this width."""
        shown = self._shown()
        for count in range(len(shown), 1, -1):
            if len(lines_of(self._items(shown[:count]), None, width, _SPACING, 0)) <= self.most_lines:
                return shown[:count]
        return shown[:1]

    def _lines(self, width: int) -> Lines:
        return lines_of(self._items(self._kept(width)), self._filler, width, _SPACING, self._least)

    def _items(self, kept: list[QWidget]) -> list[QLayoutItem]:
        """Of these, with the button behind them where they are not all."""
        button = [self._more] if len(kept) < len(self._shown()) else []
        return [*(self._members[widget] for widget in kept), *button]

    def _fold(self) -> None:
        """Put every control where it belongs; not under the hand of who has opened the drawer."""
        if self._drawer is not None and self._drawer.isVisible():
            return
        beyond = self._shown()[len(self._kept(self.width())) :]
        # What is hidden at present goes with those before it.
        members = list(self._members)
        folded = members[members.index(beyond[0]) :] if beyond else []
        if beyond:
            self.more.show()
        if folded != self._folded:
            self._move(folded)
        if not beyond:
            self._hide_button()
        place_lines(self._lines(self.width()), self.rect(), _SPACING, moves=True)
        self._hear()
        self._placed = self._wishes

    def _move(self, folded: list[QWidget]) -> None:
        focus = QApplication.focusWidget()
        for widget in folded:
            if focus is not None and widget not in self._folded and (widget is focus or widget.isAncestorOf(focus)):
                self._left = focus
                self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        for widget in self._folded:
            if widget not in folded:
                is_hidden = widget.isHidden()
                widget.setParent(self)
                widget.setVisible(not is_hidden)
        self.drawer.hold(folded)
        self._folded = folded
        kept = [widget for widget in self._members if widget not in folded]
        for group in ([*kept, self.more], folded):
            # A widget that comes into a window comes last there.
            for before, after in pairwise(part for widget in group for part in _by_tab(widget)):
                QWidget.setTabOrder(before, after)

    def _hide_button(self) -> None:
        """What had the focus before it has it again."""
        if self.more.hasFocus():
            # A hidden widget hands the focus on to whatever comes next, and Space would press it.
            (self._left or self.parentWidget() or self).setFocus(Qt.FocusReason.OtherFocusReason)
        self._left = None
        self.more.hide()


def _by_tab(widget: QWidget) -> list[QWidget]:
    """The parts of a control at which Tab stops."""
    parts = (widget, *widget.findChildren(QWidget))
    return [
        part
        for part in parts
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.focusProxy() is None and part.window() is widget.window()
    ]
