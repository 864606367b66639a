"""From the parts of a script to its text, as a formatter would lay it out."""

import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.exports.scripts.piece import Outside, piece
from nnlab.experiments.exports.scripts.program import SETTINGS, Part, Program

WIDTH = 88
# In which order a reader meets them, and from which pieces they come; what is in none of these stands last.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What training yields", ("face",)),
    ("Data", ("randomness", "data.", "sources.", "toys.", "order", "augmentation", "spread")),
    ("Numbers", ("shapes", "tensors", "initializers", "streams", "logistic", "random_bits")),
    ("Layers", ("layers.", "layers", "layers_of")),
    ("Loss", ("losses.", "losses", "loss_of", "scores")),
    ("Model", ("estimator_of", "linear_svc_of", "linear_svc", "machine", "network", "stack")),
    ("Optimizer", ("optimizers.", "optimizers", "optimizer", "schedules.", "penalty", "gradient", "sgd", "adam")),
    ("Training", ("evaluation", "updates", "best", "training")),
    ("To run it", ("main", "told")),
)


@dataclass(frozen=True)
class Section:
    """A chapter of a script: its title, and its parts in order."""

    title: str
    parts: tuple[Part, ...]

    @property
    def source(self) -> str:
        """Its parts, two lines apart."""
        return "\n\n\n".join(part.source for part in self.parts)


def sections_of(program: Program) -> list[Section]:
    """The chapters that have parts, in the reader's order."""
    titles = [title for title, _ in SECTIONS]
    chapters: dict[str, list[Part]] = {title: [] for title in titles}
    for part in program.parts:
        chapters[_title(part.module)].append(part)
    return [Section(title, tuple(chapters[title])) for title in titles if chapters[title]]


def _title(module: str) -> str:
    # Pieces of a framework stand where those do that they take the places of.
    for framework in ("torch.", "keras.", "sklearn."):
        module = module.removeprefix(framework)
    for title, places in SECTIONS:
        if any(module == place or (place.endswith(".") and module.startswith(place)) for place in places):
            return title
    return SECTIONS[-1][0]


def constants_text(program: Program, values: Mapping[str, Any]) -> str:
    """The settings as constants, in the order of pieces/settings.py, with the remarks there."""
    own = piece(SETTINGS)
    lines = []
    for name, definition in own.definitions.items():
        if name not in program.constants:
            continue
        remark = own.remarks[name]
        line = f"{name} = {literal(values[name])}" if name in values else definition.splitlines()[-1].partition("  # ")[0]
        with_remark = f"{line}  # {remark}"
        if not remark:
            lines.append(line)
        elif len(with_remark) <= WIDTH:
            lines.append(with_remark)
        else:
            lines += [f"# {remark}", line]
    return "\n".join(lines)


def literal(value: Any) -> str:
    """A value as the formatter writes it: with double quotes."""
    if isinstance(value, str):
        quoted = repr(value)
        return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in value else quoted
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    return repr(value)


def imports_text(outside: Iterable[Outside]) -> str:
    """Import statements, Python's own first, in the order that import sorters want."""
    groups: tuple[list[Outside], list[Outside]] = ([], [])
    for one in outside:
        groups[one.module.partition(".")[0] not in sys.stdlib_module_names].append(one)
    return "\n\n".join(text for group in groups if (text := _import_group(group)))


def _import_group(group: Sequence[Outside]) -> str:
    lines = [
        f"import {one.module}{f' as {one.alias}' if one.alias else ''}"
        for one in sorted(group, key=lambda one: one.module)
        if not one.name
    ]
    for module in sorted({one.module for one in group if one.name}):
        found = sorted({one.name for one in group if one.module == module and one.name}, key=_import_key)
        line = f"from {module} import {', '.join(found)}"
        if len(line) > WIDTH:
            line = "\n".join([f"from {module} import (", *(f"    {name}," for name in found), ")"])
        lines.append(line)
    return "\n".join(lines)


def _import_key(name: str) -> tuple[int, str]:
    # Constants, then classes, then the rest.
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def script_text(header: str, program: Program, values: Mapping[str, Any], prelude: str = "") -> str:
    """The whole file. A prelude is what it does before it imports, with what that takes imported."""
    outside = [one for one in program.outside if one.name or f"import {one.module}\n" not in prelude]
    chapters = [f"# {section.title}\n\n\n{section.source}" for section in sections_of(program)]
    blocks = [
        f'"""{header}"""\n\n{prelude}{imports_text(outside)}\n\n{constants_text(program, values)}',
        *chapters,
        *([program.tail] if program.tail else []),
    ]
    return "\n\n\n".join(block for block in blocks if block) + "\n"


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph in lines that fit."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
