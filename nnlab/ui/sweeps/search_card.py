"""How a sweep chooses what to try, and by which figure it compares."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout

from nnlab.experiments.sweeps.search import SEARCHES, Search
from nnlab.optional import is_installed, missing_sentence
from nnlab.settings import of_kind
from nnlab.ui.setup.form import CAPTION_WIDTH, Choice, SettingsForm
from nnlab.ui.sweeps.results import figure_title
from nnlab.ui.widgets.card import Card, label

_TITLES = {"grid": "grid: every combination", "random": "random: drawn trials", "optuna": "Optuna: suggested by results"}
# What the form has no row for: it is chosen from those that there are.
_CHOSEN_APART = frozenset({"objective"})


class SearchCard(Card):
    """Emits `changed` with the search."""

    changed = Signal(object)  # Search

    def __init__(self) -> None:
        super().__init__("How to search")
        self._search: Search = SEARCHES["random"]()
        self.kind, self.objective, self.form = Choice(), Choice(), SettingsForm()
        self.kind.setAccessibleName("Kind of search")
        for kind in SEARCHES:
            self.kind.addItem(_TITLES.get(kind, kind), kind)
        self.objective.setAccessibleName("Objective")
        self.problem = label("", "error")
        self.problem.setWordWrap(True)
        self.missing = label("", "muted")
        self.missing.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        caption = label("Objective", "muted")
        caption.setFixedWidth(CAPTION_WIDTH)
        caption.setBuddy(self.objective)
        row.addWidget(caption)
        row.addWidget(self.objective, 1)
        self.body.addWidget(self.kind)
        self.body.addWidget(self.missing)
        self.body.addLayout(row)
        for widget in (self.form, self.problem):
            self.body.addWidget(widget)
        self.problem.hide()
        self.kind.activated.connect(self._choose_kind)
        self.objective.activated.connect(
            lambda _: self._change(replace(self._search, objective=self.objective.currentData()))
        )
        self.form.edited.connect(lambda search, _: self._change(search))

    def show_search(self, search: Search, figures: Sequence[str]) -> None:
        """As it is, with the figures that there are of such experiments."""
        self._search = search
        with QSignalBlocker(self.kind), QSignalBlocker(self.objective):
            self.kind.setCurrentIndex(self.kind.findData(self._kind))
            self.objective.clear()
            for name in dict.fromkeys((*figures, search.objective)):
                self.objective.addItem(figure_title(name), name)
            self.objective.setCurrentIndex(self.objective.findData(search.objective))
        self.form.show_settings(search)
        self.form.leave_out(_CHOSEN_APART)
        self.missing.setText("" if self.is_known else missing_sentence("optuna"))
        self.missing.setVisible(not self.is_known)

    def tell(self, where: str, problem: str) -> None:
        """A sentence below the setting that it is about; "" takes the last one away."""
        name = where.removeprefix("search.")
        is_row = where.startswith("search.") and name in type(self._search).__dataclass_fields__ and name != "objective"
        self.form.tell(problem if is_row else "", name if is_row else "")
        self.problem.setText("" if is_row else problem)
        self.problem.setVisible(bool(problem) and not is_row)

    @property
    def is_known(self) -> bool:
        """Whether what it takes is installed."""
        return self._kind != "optuna" or is_installed("optuna")

    @property
    def _kind(self) -> str:
        return next(kind for kind, rule in SEARCHES.items() if rule is type(self._search))

    def _choose_kind(self) -> None:
        self._change(of_kind(SEARCHES[self.kind.currentData()], self._search))  # type: ignore[arg-type]

    def _change(self, search: Search) -> None:
        self._search = search
        self.changed.emit(search)
