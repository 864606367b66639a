"""The runs that are known, which of them are shown, and in what order. No Qt: the table draws what is here."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nnlab.experiments.journal.changed import changed_words
from nnlab.experiments.journal.differing import differing_names
from nnlab.experiments.journal.filtering import Term, filtered
from nnlab.experiments.journal.records import RunRecord

Key = Callable[[RunRecord], Any]


class Library:
    """Records by their numbers; `held` are the runs that somebody goes on with."""

    def __init__(self) -> None:
        self.records: dict[int, RunRecord] = {}
        self.held: frozenset[int] = frozenset()
        self.training = 0  # the run that this window trains
        self._numbers: list[int] = []  # of all records, ascending
        self._names: dict[int, str] = {}

    def take(self, records: Iterable[RunRecord]) -> None:
        """New ones, and others in place of those that were known."""
        for record in records:
            number = record.number
            if number not in self.records:
                insort(self._numbers, number)
            elif self.records[number].settings == record.settings:
                self.records[number] = record
                continue
            self.records[number] = record
            # It may be what others are compared with.
            self._names.clear()

    def forget(self, numbers: Iterable[int]) -> None:
        """They are not there any more."""
        for number in numbers:
            if self.records.pop(number, None) is not None:
                self._numbers.remove(number)
        self._names.clear()

    def before(self, record: RunRecord) -> RunRecord | None:
        """What a run is compared with: the run that it goes on from, or else the one that was begun before it."""
        if record.parent is not None and record.parent in self.records:
            return self.records[record.parent]
        place = bisect_left(self._numbers, record.number)
        return self.records[self._numbers[place - 1]] if place else None

    def changed(self, record: RunRecord) -> str:
        """What was changed against the run before: its automatic name; "" where nothing was."""
        if record.number not in self._names:
            self._names[record.number] = changed_words(record, self.before(record))
        return self._names[record.number]

    def shown(self, terms: Sequence[Term], key: Key, descending: bool) -> list[int]:
        """The numbers of runs of which every term holds, in order; what has no value comes last in both directions."""
        records = [self.records[number] for number in reversed(self._numbers)]
        keyed = [(key(record), record.number) for record in (filtered(records, terms) if terms else records)]
        there = sorted((pair for pair in keyed if _is_there(pair[0])), key=_order, reverse=descending)
        return [number for _, number in there] + [number for value, number in keyed if not _is_there(value)]

    def differing(self, numbers: Sequence[int]) -> list[str]:
        """The settings that are not the same in all of these runs."""
        return differing_names([self.records[number].settings for number in numbers if number in self.records])


def _is_there(value: Any) -> bool:
    return value is not None and value == value and value != ""


def _order(pair: tuple[Any, int]) -> tuple[bool, Any]:
    """Numbers before texts; texts without regard to capitals."""
    value = pair[0]
    return (False, float(value)) if isinstance(value, int | float) else (True, str(value).casefold())
