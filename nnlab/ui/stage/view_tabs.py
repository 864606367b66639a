"""Tabs of which none is out of sight without a sign: those that do not fit wait in a list behind the last one."""

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QTabBar, QToolButton, QWidget

from nnlab.ui.widgets.explained import without_shortcut

_GAP = 2  # pixels between the last tab and the list


class WholeTabs(QTabBar):
    """Tabs that are never cut and never scroll; whoever holds them sees to it that they fit."""

    def __init__(self) -> None:
        super().__init__()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)

    def width_of(self, place: int) -> int:
        """How many pixels a tab takes, whether it is shown or not."""
        return self.tabSizeHint(place).width()

    def minimumSizeHint(self) -> QSize:
        """What does not fit is taken away."""
        return QSize(1, self.sizeHint().height())


class ViewTabs(QWidget):
    """`tabs` in one line, and a button that lists those for which the line has no room. The one in front always has."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.tabs = WholeTabs()
        self.tabs.setParent(self)
        self.tabs.setAccessibleName("Views")
        self.tabs.currentChanged.connect(self.fit)
        self.more = QToolButton(self)
        self.more.setObjectName("flat")
        self.more.setAccessibleName("More views")
        self.more.setToolTip("Views for which the line has no room")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self._menu.aboutToShow.connect(self._list)
        self.more.setMenu(self._menu)
        self.more.hide()

    @property
    def hidden(self) -> list[int]:
        """The places of the tabs that the list holds."""
        return [place for place in range(self.tabs.count()) if not self.tabs.isTabVisible(place)]

    def offer(self, titles: dict[str, str]) -> None:
        """Tabs by what they stand for, with their titles."""
        while self.tabs.count():
            self.tabs.removeTab(0)
        for key, title in titles.items():
            self.tabs.setTabData(self.tabs.addTab(without_shortcut(title)), key)
        self.updateGeometry()

    def fit(self) -> None:
        """Show as many tabs, from the left, as there is room for."""
        places = range(self.tabs.count())
        widths = [self.tabs.width_of(place) for place in places]
        shown = set(places)
        self.more.ensurePolished()
        if sum(widths) > self.width():
            self.more.setText(f"{len(widths)} more ▾")
            shown = self._fitting(widths, self.width() - self.more.sizeHint().width() - _GAP)
        for place in places:
            if self.tabs.isTabVisible(place) != (place in shown):
                self.tabs.setTabVisible(place, place in shown)
        self.more.setText(f"{len(widths) - len(shown)} more ▾")
        self.more.setVisible(len(shown) < len(widths))
        # By hand: a layout hears too late how wide the tabs that are left have become.
        end = sum(widths[place] for place in shown)
        button = self.more.sizeHint()
        self.tabs.setGeometry(0, 0, end, self.height())
        self.more.setGeometry(end + _GAP, (self.height() - button.height()) // 2, button.width(), button.height())

    def _fitting(self, widths: list[int], room: int) -> set[int]:
        shown = {self.tabs.currentIndex()}
        room -= widths[self.tabs.currentIndex()]
        for place, width in enumerate(widths):
            if place in shown:
                continue
            room -= width
            if room < 0:
                break
            shown.add(place)
        return shown

    def sizeHint(self) -> QSize:
        """As high as the tabs."""
        return QSize(1, self.tabs.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """However narrow, there is room for the list."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Other letters have another width."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self.tabs.count():
            self.updateGeometry()
            self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is known in which letters."""
        super().showEvent(event)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for others."""
        super().resizeEvent(event)
        self.fit()

    def _list(self) -> None:
        self._menu.clear()
        for place in self.hidden:
            self._menu.addAction(self.tabs.tabText(place), partial(self.tabs.setCurrentIndex, place))
