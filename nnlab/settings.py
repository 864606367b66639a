"""Settings that describe themselves: one dataclass field carries the TOML key, the range, the form row and the help.

Experiment files, `--set`, the window's panels and the error messages are all generated from these descriptions, so a new
setting is one line in one dataclass.
"""

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, ClassVar, Self, TypeVar, get_type_hints

from nnlab.errors import SettingError
from nnlab.words import shown, shown_value

_LONGEST_NAME = 200
_TYPES: dict[type, dict[str, Any]] = {}  # of the fields of each class of settings
# A list in which each entry is looked at while training must not be as long as a file.
_MOST_CHOICES = 64


@dataclass(frozen=True)
class Description:
    """What a person needs to know about one setting."""

    label: str
    help: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    kinds: Mapping[str, "type[Settings]"] | None = None  # of a choice: each kind is a class with settings of its own
    is_list: bool = False  # of a choice: any number of kinds, one after the other
    live: bool = False
    percent: bool = False
    zero: str = ""  # of a number: what 0 stands for, where it is no amount: "off", "all"
    group: str = ""  # rows of a group stand together, under its name
    path: tuple[str, ...] = ()  # what a text names: "file", "folder" or both; forms offer to look for it
    takes_numbers: bool = False  # of a text: a whole number may stand for it, without quotes
    in_form: bool = True  # False for what no row of a form could edit
    shown: Callable[[Any], bool] | None = None

    def shown_number(self, value: float) -> str:
        """The word that 0 stands for, or nothing where the number speaks for itself."""
        return self.zero if value == 0 else ""

    def range_text(self) -> str:
        """The accepted values in words, or an empty string."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        low = f"above {self.above:g}" if self.above is not None else ""
        if self.minimum is not None:
            low = f"at least {self.minimum:g}"
        high = f"at most {self.maximum:g}" if self.maximum is not None else ""
        return " and ".join(part for part in (low, high) if part)


def setting(default: Any, label: str, **description: Any) -> Any:
    """A dataclass field with a Description in its metadata."""
    return field(default=default, metadata={"description": Description(label, **description)})


def choice(kinds: Mapping[str, "type[Settings]"], default: "Settings", label: str, **description: Any) -> Any:
    """A field whose value is one of several kinds, each with settings of its own: an optimizer, a schedule.

    In TOML it is the kind's name, or a table: optimizer = { kind = "adam", beta1 = 0.8 }.
    """
    return setting(default, label, kinds=kinds, choices=tuple(kinds), **description)


def choices(kinds: Mapping[str, "type[Settings]"], label: str, **description: Any) -> Any:
    """A field whose value is a list, none at first, in which each entry is one of several kinds: what training stops for.

    In TOML each is as of a choice: stop_when = ["not_finite", { kind = "step", number = 100 }]. No row of a form edits it.
    """
    return setting((), label, kinds=kinds, is_list=True, in_form=False, **description)


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint that ends an unknown-name error: the closest known name, or the whole list when none is close."""
    names = sorted(known)
    if not names:
        return "there are none here"
    # To compare takes as long as the word is, many times over.
    close = difflib.get_close_matches(word[:_LONGEST_NAME], names, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(names)}"


# A table of numbers, such as points with their classes.
Rows = tuple[tuple[float, ...], ...]

_TYPE_WORDS = {int: "a whole number", float: "a number", str: "a text in quotes", bool: "true or false"}


@dataclass(frozen=True)
class Settings:
    """Base of every settings dataclass: checks types and ranges at construction, reads and writes plain tables."""

    section: ClassVar[str] = ""
    # The settings that are changed first: a form shows them above all others, in this order.
    foremost: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = checked(type(self), entry.name, getattr(self, entry.name), self._where(entry.name))
            object.__setattr__(self, entry.name, value)

    @classmethod
    def _where(cls, name: str) -> str:
        return f"{cls.section}.{name}" if cls.section else name

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Build from a TOML table; unknown keys are errors that name the nearest known key."""
        known = {entry.name for entry in fields(cls)}
        for key in table:
            if key not in known:
                raise SettingError(f"{cls._where(shown(key))}: unknown setting; {nearest(key, known)}")
        return cls(**table)

    def to_table(self) -> dict[str, Any]:
        """All fields as plain TOML values."""
        return {entry.name: _plain(getattr(self, entry.name), describe(entry)) for entry in fields(self)}

    def shown_fields(self) -> list[Field[Any]]:
        """The fields that matter for the present choices (momentum only where the optimizer has one)."""
        return [entry for entry in fields(self) if (shown := describe(entry).shown) is None or shown(self)]

    def needs_reset(self, other: Self) -> bool:
        """Whether going over to the other settings takes a fresh start: some that differ are not live."""
        return self.with_live(other) != other

    def with_live(self, other: Self) -> Self:
        """These settings with the other's live ones. Settings inside, such as those of a chosen kind or of layers in a list,
        still have their own live ones where they are not live as a whole. Of another class none are taken.
        """
        if type(self) is not type(other):
            return self
        live = {}
        for entry in fields(self):
            theirs = getattr(other, entry.name)
            live[entry.name] = theirs if describe(entry).live else _with_live_inside(getattr(self, entry.name), theirs)
        return replace(self, **live)


def _with_live_inside(ours: Any, theirs: Any) -> Any:
    if isinstance(ours, Settings):
        return ours.with_live(theirs)
    if isinstance(ours, tuple) and isinstance(theirs, tuple) and len(ours) == len(theirs):
        return tuple(_with_live_inside(*pair) for pair in zip(ours, theirs, strict=True))
    return ours


_Some = TypeVar("_Some", bound=Settings)


def kind_of(value: Settings, kinds: Mapping[str, type[Settings]]) -> str:
    """The name that the table of kinds gives to the value's class."""
    return next(name for name, rule in kinds.items() if rule is type(value))


def of_kind(rule: type[Settings], former: Settings) -> Settings:
    """Another kind, with those settings of the former one that it has as well."""
    return with_shared(rule(), former)


def with_shared(chosen: _Some, former: Settings) -> _Some:
    """What is chosen, with those settings of the former one that it has as well."""
    shared = {entry.name for entry in fields(chosen)} & {entry.name for entry in fields(former)}
    return replace(chosen, **{name: getattr(former, name) for name in shared})


def value_at(settings: Settings, name: str) -> Any:
    """The value that a dotted name leads to: "epochs", "optimizer.beta1"; None where the chosen kind has no such setting."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part, None)
    return value


def with_value(settings: _Some, name: str, value: Any) -> _Some:
    """The settings with another value where the dotted name leads; a choice may be given by the name of its kind."""
    first, _, rest = name.partition(".")
    former, kinds = getattr(settings, first), describe(type(settings).__dataclass_fields__[first]).kinds
    if rest:
        value = with_value(former, rest, value)
    elif kinds and value in kinds:
        value = of_kind(kinds[value], former)
    return replace(settings, **{first: value})


def checked(owner: type[Settings], name: str, value: Any, where: str) -> Any:
    """The value as the owner's field keeps it; a SettingError that names `where` if it is none for this field."""
    description = describe(owner.__dataclass_fields__[name])
    if description.kinds:
        return (_list_of_kinds if description.is_list else _of_kinds)(value, description.kinds, where)
    if description.takes_numbers and type(value) is int:
        value = str(value)
    value = _of_type(value, _types_of(owner)[name], where)
    _check_range(value, description, where)
    return value


def _types_of(owner: type[Settings]) -> dict[str, Any]:
    """Found once for each class: that takes longer than reading the rest of an experiment."""
    if owner not in _TYPES:
        _TYPES[owner] = get_type_hints(owner)
    return _TYPES[owner]


def _of_kinds(value: Any, kinds: Mapping[str, type[Settings]], where: str) -> Settings:
    """A name, or a table with a kind, as an instance of that kind."""
    if isinstance(value, Settings) and type(value) in kinds.values():
        return value
    own = dict(value) if isinstance(value, Mapping) else {"kind": value}
    if "kind" not in own:
        raise SettingError(f"{where}.kind: missing; {nearest('', kinds)}")
    kind = own.pop("kind")
    if not isinstance(kind, str):
        raise SettingError(f"{where}: {shown_value(kind)} is not a text in quotes")
    if kind not in kinds:
        raise SettingError(f"{where}: '{shown(kind)}' is not known; {nearest(kind, kinds)}")
    return kinds[kind].from_table(own)


def _list_of_kinds(value: Any, kinds: Mapping[str, type[Settings]], where: str) -> tuple[Settings, ...]:
    """Each entry as an instance of its kind; an error says which one, the first is 0. One alone may stand for a list."""
    entries = tuple(value) if isinstance(value, list | tuple) else (value,)
    if len(entries) > _MOST_CHOICES:
        raise SettingError(f"{where}: {len(entries):,} entries; there may be {_MOST_CHOICES} at most")
    made = []
    for number, entry in enumerate(entries):
        place = f"{where}.{number}"
        try:
            made.append(_of_kinds(entry, kinds, place))
        except SettingError as error:
            # What the kind itself refuses it calls by the name of the list.
            fault = str(error)
            raise SettingError(fault if fault.startswith(place) else place + fault.removeprefix(where)) from None
    return tuple(made)


def _plain(value: Any, description: Description) -> Any:
    if description.is_list:
        return [_plain(entry, replace(description, is_list=False)) for entry in value]
    if description.kinds:
        kind, own = kind_of(value, description.kinds), value.to_table()
        return {"kind": kind} | own if value != type(value)() else kind
    return [_plain(part, description) for part in value] if isinstance(value, tuple) else value


def describe(entry: Field[Any]) -> Description:
    """The Description of a dataclass field; a bare field is described by its name."""
    return entry.metadata.get("description") or Description(entry.name.replace("_", " "))


def largest(kind: type[Settings], name: str) -> int:
    """The greatest number that one of its whole numbers may be."""
    (found,) = (describe(entry).maximum for entry in fields(kind) if entry.name == name)
    assert found is not None
    return int(found)


def _of_type(value: Any, expected: Any, where: str) -> Any:
    if expected == tuple[int, ...]:
        if not isinstance(value, list | tuple) or not all(type(number) is int for number in value):
            raise SettingError(f"{where}: {shown_value(value)} is not a list of whole numbers, e.g. [500, 250, 30]")
        return tuple(value)
    if expected == Rows:
        return _rows(value, where)
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            raise SettingError(f"{where}: the number is too large") from None
    if expected not in _TYPE_WORDS:
        return value
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise SettingError(f"{where}: {shown_value(value)} is not {_TYPE_WORDS[expected]}")
    return value


def _rows(value: Any, where: str) -> Rows:
    try:
        rows = tuple(tuple(float(number) for number in row) for row in value)
    except (TypeError, ValueError, OverflowError):
        raise SettingError(f"{where}: expected rows of numbers, e.g. [[0.5, -1.0, 0], [1.5, 2.0, 1]]") from None
    if not all(math.isfinite(number) for row in rows for number in row):
        raise SettingError(f"{where}: a number is not finite")
    return rows


def _check_range(value: Any, description: Description, where: str) -> None:
    if description.choices and value not in description.choices:
        raise SettingError(f"{where}: '{shown(value)}' is not known; {nearest(str(value), description.choices)}")
    if isinstance(value, tuple):
        for number in value if description.in_form else ():
            _check_range(number, description, where)
    if isinstance(value, str | bool) or not isinstance(value, int | float):
        return
    low, high, above = description.minimum, description.maximum, description.above
    outside = (
        (isinstance(value, float) and not math.isfinite(value))
        or (low is not None and value < low)
        or (high is not None and value > high)
        or (above is not None and value <= above)
    )
    if outside:
        number = "the number" if isinstance(value, int) and abs(value) > 1e300 else f"{value:g}"
        raise SettingError(f"{where}: {number} is out of range; it must be {description.range_text() or 'finite'}")
