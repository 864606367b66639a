"""The window of several seeds: a strip of live pictures, and beside it what of the score is luck."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QVBoxLayout, QWidget

from nnlab.experiments.seeds.seed_sweep import seeds_of, seeds_sweep
from nnlab.experiments.sweeps.records import PAUSED, RUNNING, SweepRecord
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.probes.boundary import BoundaryField
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.seeds.plane_image import plane_image
from nnlab.ui.seeds.reader import FieldSeen, SeedsReader, SeedsSeen, Wanted
from nnlab.ui.seeds.seed_card import SeedCard
from nnlab.ui.seeds.seeds_bar import SeedsBar
from nnlab.ui.seeds.strip import SeedStrip
from nnlab.ui.seeds.tile import Tile, tiles_of
from nnlab.ui.session import Session
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.card import label, set_role
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.flow import ANY_SIZE

_MOST_SENTENCES, _LINES = 6, 3
# Pixels: a window in which words stand beside the pictures, since nine of them are as high as wide; and the words' width.
_ROOM_BESIDE, _WORDS_WIDTH = 860, 280


class SeedsWindow(QDialog):
    """Stays open beside the main window. What is shown is what the store says, whoever trains."""

    start_wanted = Signal(object, bool)  # SeedsSeen, whether anew
    cancel_wanted = Signal()
    others_wanted = Signal()  # seeds of another experiment, or others of it, are looked at

    def __init__(self, parent: QWidget, session: Session, reader: SeedsReader) -> None:
        super().__init__(parent)
        self.setWindowTitle("Several seeds")
        begin_as_large(self, (1040, 760), (640, 480))
        self.number = 0  # of the sweep that is shown; 0 for the present experiment
        self.seen: SeedsSeen | None = None
        self.records: tuple[SweepRecord, ...] = ()
        self._session, self._reader, self._theme = session, reader, LIGHT
        self._fields: dict[int, BoundaryField] = {}
        self._own: Callable[[], tuple[int, bool]] = lambda: (0, False)
        self.bar, self.strip, self.card = SeedsBar(), SeedStrip(), SeedCard()
        self.summary, self.told, self.said = label("", "headline"), label(""), Elided("muted")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for text in (self.summary, self.told):
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self.summary, "title")
        self.summary.setAccessibleName("Mean and spread")
        self.told.setAccessibleName("What is luck")
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words = QWidget()
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(10)
        words.addWidget(self.summary)
        words.addWidget(self.told, 1)
        words.addWidget(self.card)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(16)
        self._body.addWidget(self.strip, 1)
        self._body.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.bar)
        column.addLayout(self._body, 1)
        column.addWidget(self.said)
        self.say("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window words stand below the pictures."""
        super().resizeEvent(event)
        is_beside = self.width() >= _ROOM_BESIDE
        ways = QBoxLayout.Direction
        self._body.setDirection(ways.LeftToRight if is_beside else ways.TopToBottom)
        self._words.setMinimumWidth(_WORDS_WIDTH if is_beside else 0)
        self._words.setMaximumWidth(_WORDS_WIDTH if is_beside else ANY_SIZE)
        # Where words come and go, the pictures must not move.
        self.told.setMinimumHeight(0 if is_beside else _LINES * self.told.fontMetrics().lineSpacing())

    def _connect(self) -> None:
        session, reader = self._session, self._reader
        self.bar.chosen.connect(self.show_number)
        self.bar.count_chosen.connect(lambda _: self._watch())
        self.bar.start_wanted.connect(self._start)
        self.bar.cancel_wanted.connect(self.cancel_wanted)
        self.strip.chosen.connect(lambda _: self._show_card())
        self.strip.opened.connect(self._open)
        self.card.open_wanted.connect(lambda: self._open(self.strip.seed))
        self.card.lay_wanted.connect(self._lay)
        reader.listed.connect(self._take_list)
        reader.seen.connect(self._take_seen)
        reader.pictured.connect(self._take_field)
        reader.failed.connect(self.say)
        session.experiment_changed.connect(lambda _: self._follow_session())
        session.dataset_changed.connect(lambda _: self._follow_session())
        session.situation_changed.connect(self._follow_situation)
        session.ticked.changed.connect(self._show_ticked)

    def follow_own(self, own: Callable[[], tuple[int, bool]]) -> None:
        """Where to ask which sweep this window runs (its number, 0 for none), and whether that is stopping."""
        self._own = own

    def show_number(self, number: int) -> None:
        """The seeds of a sweep of the store, or those of the present experiment (0)."""
        self.number = number
        self._watch()

    def say(self, sentence: str) -> None:
        """A line below everything."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def show_own(self) -> None:
        """What this window runs has changed."""
        self._show_bar()

    def apply_theme(self, theme: Theme) -> None:
        """Pictures are in its colours, too."""
        self._theme = theme
        self.strip.apply_theme(theme)
        for seed, field in self._fields.items():
            self._show_field(seed, field)

    def showEvent(self, event: QShowEvent) -> None:
        """The store is read while anybody looks."""
        super().showEvent(event)
        self._reader.follow(True)
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks; what runs goes on, and so does its band in Curves."""
        self._reader.follow(self._is_trained)
        super().hideEvent(event)

    @property
    def present(self) -> Sweep:
        """The seeds of the present experiment, as many as are chosen."""
        return seeds_sweep(self._session.experiment, self.bar.wanted, self._session.folders)

    @property
    def _is_trained(self) -> bool:
        """Whether the seeds that are shown are trained at present, by whomever."""
        record = self.seen.record if self.seen is not None else None
        return record is not None and record.state in (RUNNING, PAUSED)

    def _follow_session(self) -> None:
        if self.isVisible():
            self._watch()

    def _follow_situation(self) -> None:
        if self.isVisible():
            self._show_bar()

    def _watch(self) -> None:
        """Ask for what is to be shown; what is known of it stays until it comes."""
        sweep = None if self.number else self.present
        self.bar.show_sets(self.records, self.number)
        if sweep is not None and (self.seen is None or self.seen.sweep != sweep):
            # What it is to be is known without the store.
            self._take_seen(SeedsSeen(Wanted(0, sweep), sweep))
        self._reader.watch(Wanted(self.number, sweep, self._session.dataset))

    def _take_list(self, records: tuple[SweepRecord, ...]) -> None:
        self.records = records
        self.bar.show_sets(records, self.number)

    def _take_seen(self, seen: SeedsSeen) -> None:
        if (seen.wanted.number, seen.wanted.sweep) != (self.number, None if self.number else self.present):
            # Something else was wanted meanwhile.
            return
        before, self.seen = self.seen, seen
        if before is None or _number(before) != _number(seen):
            self._fields.clear()
            self.strip.forget_images()
            self.others_wanted.emit()
        self.strip.show_tiles(tiles_of(seen), seen.dataset is not None)
        self._show_words(seen)
        self._show_bar()
        self._show_ticked()
        if not self.isVisible():
            self._reader.follow(self._is_trained)

    def _take_field(self, found: FieldSeen) -> None:
        if self.seen is not None and found.sweep == _number(self.seen):
            self._fields[found.seed] = found.field
            self._show_field(found.seed, found.field)

    def _show_field(self, seed: int, field: BoundaryField) -> None:
        if self.seen is not None and self.seen.dataset is not None:
            image: QImage = plane_image(field, self.seen.dataset, self._theme)
            self.strip.show_image(seed, image)

    def _show_words(self, seen: SeedsSeen) -> None:
        sentences = seen.luck.sentences() if seen.luck is not None else []
        first, rest = sentences[:1], sentences[1:]
        if len(rest) > _MOST_SENTENCES:
            rest = [*rest[:_MOST_SENTENCES], f"And {len(rest) - _MOST_SENTENCES} more went wrong; hover them."]
        self.summary.setText(_together("".join(first) or _nothing_yet(seen)))
        self.told.setText(_together("\n".join(rest)))

    def _show_bar(self) -> None:
        seen = self.seen
        if seen is None:
            return
        own, is_stopping = self._own()
        is_own = bool(own) and own == _number(seen)
        problem = "" if self.number else self._session.situation.problem
        self.bar.show_state(seen.record, len(seeds_of(seen.sweep)), is_own, is_own and is_stopping, problem)

    def _show_ticked(self) -> None:
        ticked = self._session.ticked
        runs = {tile.seed: tile.run for tile in self.strip.tiles if tile.run in ticked.numbers}
        self.strip.mark_ticked({seed: ticked.color_of(run or 0) for seed, run in runs.items()})
        self._show_card()

    def _show_card(self) -> None:
        tile = self._tile
        self.card.show_tile(tile, tile is not None and tile.run in self._session.ticked.numbers)

    @property
    def _tile(self) -> Tile | None:
        return next((tile for tile in self.strip.tiles if tile.seed == self.strip.seed), None)

    def _lay(self, is_on: bool) -> None:
        tile = self._tile
        if tile is not None and tile.run is not None:
            self._session.ticked.tick(tile.run, is_on)

    def _open(self, seed: int | None) -> None:
        tile = next((tile for tile in self.strip.tiles if tile.seed == seed), None)
        if tile is None:
            return
        self.strip.choose(seed)
        if tile.run is None:
            self.say(f"Seed {tile.seed} has no run in the store yet.")
        else:
            self.say(f"Run {tile.run:,} of seed {tile.seed} is opened in the main window.")
            self._session.open_run(tile.run)

    def _start(self, is_anew: bool) -> None:
        if self.seen is not None:
            self.say("")
            self.start_wanted.emit(self.seen, is_anew)


def _number(seen: SeedsSeen) -> int:
    return seen.record.number if seen.record is not None else 0


def _together(words: str) -> str:
    """No line ends between a sign and its number."""
    return words.replace("± ", "±\N{NO-BREAK SPACE}")


def _nothing_yet(seen: SeedsSeen) -> str:
    """What there is to expect."""
    seeds = seeds_of(seen.sweep)
    return f"Seeds {seeds[0]} to {seeds[-1]} of the same experiment: what differs in the end is luck."
