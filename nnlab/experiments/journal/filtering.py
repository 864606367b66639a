"""Which runs are meant by a line such as  lr > 0.01 dataset = mnist accuracy > 0.97."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from nnlab.errors import SettingError
from nnlab.experiments.journal.differing import SHORT_NAMES
from nnlab.experiments.journal.records import RunRecord
from nnlab.words import shown

EXAMPLE = "lr > 0.01 dataset = mnist accuracy > 0.97"
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {">=": ge, "<=": le, "!=": ne, ">": gt, "<": lt, "=": eq}
_WORD = re.compile(r'\s*(?:(>=|<=|!=|==|>|<|=)|"([^"]*)("?)|([^\s<>=!"]+|!(?!=)))')
# What a person calls figures, and which of those that are kept is meant: the first that the run has.
_FIGURES = {
    "accuracy": ("best_validation_accuracy", "best_train_accuracy", "accuracy"),
    "r2": ("best_validation_r2", "best_train_r2", "r2"),
    "loss": ("best_validation_loss", "best_train_loss", "loss"),
}
_COLUMNS = ("number", "name", "step", "epoch", "seconds", "ending", "notes", "star", "parent", "sweep", "trial")
_YES_OR_NO = ("star",)
# To compare names takes as long as they are, many times over.
_LONGEST_NAME = 60
# Nobody has misspelt these, though perhaps no run has them yet.
_KNOWN = frozenset((*_COLUMNS, *_FIGURES, "tag", *SHORT_NAMES.values()))


@dataclass(frozen=True)
class Term:
    """A comparison; without an operator a word that a run's name, tags, notes or data must contain."""

    name: str
    operator: str = ""
    value: str = ""

    def holds(self, record: RunRecord) -> bool:
        """Whether it holds of a run; what the run does not have is only unequal to anything."""
        if not self.operator:
            texts = (record.name, record.notes, *record.tags, str(record.settings.get("dataset.source", "")))
            return any(self.name.lower() in text.lower() for text in texts)
        found = value_of(record, self.name)
        if self.name == "tag":
            return (self.value in record.tags) == (self.operator != "!=")
        if found is None:
            return self.operator == "!="
        compare = _OPERATORS[self.operator]
        number = _number(self.value)
        if isinstance(found, int | float) and number is not None:
            return compare(float(found), number)
        if self.operator in ("=", "!="):
            return compare(str(found).lower(), self.value.lower())
        return False


def parse_filter(text: str) -> tuple[Term, ...]:
    """The terms of a line, all of which must hold. Raises SettingError, which says where, for one that makes no sense."""
    words = _words(text)
    terms: list[Term] = []
    place = 0
    while place < len(words):
        (name, at, is_operator), rest = words[place], words[place + 1 :]
        if is_operator:
            raise _wrong(text, at, f"'{name}' has nothing before it")
        if not rest or not rest[0][2]:
            terms.append(_alone(text, name, at))
            place += 1
            continue
        operator = "=" if rest[0][0] == "==" else rest[0][0]
        if len(rest) < 2 or rest[1][2]:
            raise _wrong(text, rest[0][1], f"'{operator}' has nothing behind it")
        terms.append(Term(name, operator, rest[1][0]))
        place += 3
    return tuple(terms)


def _alone(text: str, word: str, at: int) -> Term:
    """A word without an operator: of a column that is yes or no, that it is; of another nothing that could be meant."""
    if text[at - 1 : at] == '"':
        return Term(word)
    if word in _YES_OR_NO:
        return Term(word, "=", "1")
    if word in _KNOWN:
        raise _wrong(text, at, f"'{word}' is compared with nothing, and looked for as a word only in quotes")
    return Term(word)


def filtered(records: Sequence[RunRecord], terms: Sequence[Term]) -> list[RunRecord]:
    """Those of which every term holds. Raises SettingError for a name that neither nnlab nor any of the runs knows."""
    for term in terms:
        is_unknown = term.operator and term.name not in _KNOWN
        if is_unknown and records and all(value_of(one, term.name) is None for one in records):
            raise SettingError(
                f"filter: no run has '{shown(term.name)}'{_nearest(term.name, records)}; write it as in {EXAMPLE}"
            )
    return [record for record in records if all(term.holds(record) for term in terms)]


def value_of(record: RunRecord, name: str) -> Any:
    """What a run has under a name: a column, a figure, or a setting by its whole, its last or its short name."""
    if name in _COLUMNS:
        return getattr(record, name)
    for figure in _FIGURES.get(name, (name,)):
        if record.figures.get(figure) is not None:
            return record.figures[figure]
    whole = next((full for full, short in SHORT_NAMES.items() if short == name), name)
    if whole in record.settings:
        return record.settings[whole]
    return next((value for full, value in record.settings.items() if full.endswith(f".{name}")), None)


def _nearest(name: str, records: Sequence[RunRecord]) -> str:
    """A few names that may have been meant; of all that there are nobody would read."""
    known = _KNOWN | {name.rpartition(".")[2] for record in records[:100] for name in record.settings}
    close = get_close_matches(name[:_LONGEST_NAME], sorted(known), n=3, cutoff=0.5)
    return f" (did you mean {' or '.join(repr(one) for one in close)}?)" if close else ""


def _words(text: str) -> list[tuple[str, int, bool]]:
    """The words of a line, where each begins, and whether it is an operator."""
    words, at = [], 0
    while text[at:].strip():
        found = _WORD.match(text, at)
        if found is None or (found[2] is not None and not found[3]):
            raise _wrong(text, at, "a quote is not closed")
        place = next(group for group in (1, 2, 4) if found[group] is not None)
        words.append((found[place], found.start(place), place == 1))
        at = found.end()
    return words


def _wrong(text: str, at: int, what: str) -> SettingError:
    return SettingError(f"filter: {what} (at letter {at + 1} of '{shown(text)}'); write it as in {EXAMPLE}")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
