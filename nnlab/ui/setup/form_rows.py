"""Which rows a form of settings has: one per setting, and beneath a choice those of each of its kinds."""

from dataclasses import Field, dataclass, fields
from typing import Any

from nnlab.experiments.setting_words import kind_words, name_words, value_with_unit
from nnlab.settings import Settings, describe, kind_of, value_at

_LONGEST = 24


@dataclass(frozen=True, eq=False)
class FormRow:
    """One row: its dotted name, its field, and for a kind's own setting the classes that have it."""

    name: str
    entry: Field[Any]
    group: str
    owners: tuple[type[Settings], ...] = ()

    @property
    def top(self) -> str:
        """The name of the setting or of the choice that it belongs to."""
        return self.name.partition(".")[0]


def rows_of(settings: Settings) -> list[FormRow]:
    """In the order of the form: what is changed first, what stands in no group, and beneath a choice what its kinds have."""
    entries = [entry for entry in fields(settings) if "description" in entry.metadata and describe(entry).in_form]
    rows = [row for entry in entries for row in (FormRow(entry.name, entry, describe(entry).group), *_beneath(entry))]
    groups = ["", *dict.fromkeys(row.group for row in rows if row.group)]
    ranks = {name: rank - len(settings.foremost) for rank, name in enumerate(settings.foremost)}
    return sorted(rows, key=lambda row: (groups.index(row.group), ranks.get(row.name, 0)))


def value_in(settings: Settings | None, row: FormRow) -> Any:
    """What the row shows: for a choice its kind's name; None where another kind is chosen."""
    value: Any = getattr(settings, row.top, None)
    if row.owners:
        return getattr(value, row.entry.name) if type(value) in row.owners else None
    kinds = describe(row.entry).kinds
    return kind_of(value, kinds) if kinds and value is not None else value


def set_text(settings: Settings, row: FormRow) -> str:
    """What is set in a row, in words: shift 2 pixels."""
    value, description = value_at(settings, row.name), describe(row.entry)
    words = kind_words(value, description) if description.kinds else value_with_unit(value, description, _LONGEST)
    return f"{name_words(description.label)} {words}"


def is_shown(settings: Settings, row: FormRow) -> bool:
    """Whether the row matters for the present choices."""
    if row.top not in {entry.name for entry in settings.shown_fields()}:
        return False
    chosen = getattr(settings, row.top)
    return not row.owners or (type(chosen) in row.owners and row.entry in chosen.shown_fields())


def _beneath(entry: Field[Any]) -> list[FormRow]:
    """The rows of a choice's kinds; a setting that one kind has from another is one row."""
    owners: dict[int, tuple[Field[Any], list[type[Settings]]]] = {}
    for kind in (describe(entry).kinds or {}).values():
        for own in (entry for entry in fields(kind) if describe(entry).in_form):
            owners.setdefault(id(own), (own, []))[1].append(kind)
    group = describe(entry).group
    return [
        FormRow(f"{entry.name}.{own.name}", own, describe(own).group or group, tuple(kinds))
        for own, kinds in owners.values()
    ]
