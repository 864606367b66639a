"""Opens the browser and keeps it at the present data, and its selection at that of the views."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nnlab.datasets.preparation import with_label_noise
from nnlab.datasets.split import stratified_split
from nnlab.probes import Selection
from nnlab.ui.messages import Prepared
from nnlab.ui.session import Session
from nnlab.ui.stage import Stage

if TYPE_CHECKING:
    from nnlab.ui.browser.browser import Browser
    from nnlab.ui.browser.collection import Collection


class Browsing(QObject):
    """One browser for the window, made when it is wanted first."""

    def __init__(self, window: QWidget, session: Session, stage: Stage) -> None:
        super().__init__(window)
        self.browser: Browser | None = None
        self._window = window
        self._session = session
        self._stage = stage
        self._prepared: Prepared | None = None
        session.prepared.connect(self._on_prepared)
        session.dataset_changed.connect(lambda _: self._follow())
        stage.selection_changed.connect(self._on_selection)

    def open(self) -> None:
        """Show the browser, or bring it to the front."""
        # Loaded when it is wanted: a start needs none of it.
        from nnlab.ui.browser.browser import Browser

        if self._session.dataset is None:
            return
        if self.browser is None:
            self.browser = Browser(self._window)
            self.browser.chosen.connect(self._select)
        is_new = not self.browser.isVisible()
        if is_new and (collection := self._collection()) is not None:
            self.browser.show_collection(collection)
        self.browser.show()
        self.browser.show_selection(self._stage.selection)
        if not is_new:
            self.browser.raise_()
        self.browser.activateWindow()

    @property
    def _shows_run(self) -> bool:
        """Whether the data of the run is that of the experiment being edited, so that its examples can be selected."""
        return self._prepared is not None and self._prepared.experiment.dataset == self._session.experiment.dataset

    def _collection(self) -> "Collection | None":
        from nnlab.ui.browser.collection import Collection

        if self._shows_run and self._prepared is not None:
            return Collection(replace(self._prepared.dataset, train=self._prepared.learning), self._prepared.split)
        dataset, settings = self._session.dataset, self._session.experiment.dataset
        if dataset is None:
            return None
        split = stratified_split(dataset.train.labels, settings.validation, settings.seed)
        classes = len(dataset.class_names)
        learning = with_label_noise(dataset.train, split.train, settings.label_noise, classes, settings.seed)
        return Collection(replace(dataset, train=learning), split)

    def _follow(self) -> None:
        if self.browser is None:
            return
        if not self.browser.isVisible():
            self.browser.forget()
        elif (collection := self._collection()) is not None:
            self.browser.show_collection(collection)

    def _on_prepared(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._follow()

    def _on_selection(self, selection: Selection) -> None:
        if self.browser is not None and self.browser.isVisible() and self._shows_run:
            self.browser.show_selection(selection)

    def _select(self, part: str, example: int) -> None:
        if self._shows_run:
            self._stage.select(replace(self._stage.selection, part=part, example=example))
