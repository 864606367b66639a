"""What this installation is made of, and whether everything that nnlab needs works: one page for a report of a fault."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.desktop.engine_facts import engine_facts, program_facts
from nnlab.desktop.findings import Findings
from nnlab.desktop.place_facts import data_facts, home_facts, store_facts
from nnlab.desktop.window_facts import environment_facts, package_facts, window_facts
from nnlab.report import Report, silent
from nnlab.words import printable


@dataclass(frozen=True)
class Section:
    """A heading, what stands below it by name, and what is wrong with it and can be done about it."""

    title: str
    facts: dict[str, str]
    problems: tuple[str, ...]


def examine(folders: Sequence[Path], report: Report = silent) -> list[Section]:
    """Look at everything, what builds on other things after them; no look keeps the next one from being taken."""
    looks: tuple[tuple[str, Callable[[], Findings]], ...] = (
        ("nnlab", program_facts),
        ("Engine", engine_facts),
        ("Window", window_facts),
        ("Packages that are optional", package_facts),
        ("Home", home_facts),
        ("Runs", store_facts),
        ("Data", lambda: data_facts(folders)),
        ("Environment", environment_facts),
    )
    sections = []
    for number, (title, look) in enumerate(looks):
        # To cancel, it raises.
        report(title, number / len(looks))
        sections.append(_section(title, look))
    return sections


def problems_of(sections: Sequence[Section]) -> list[str]:
    """All that is wrong, each a sentence with what to do."""
    return [problem for section in sections for problem in section.problems]


def page_of(sections: Sequence[Section]) -> str:
    """Everything as lines for a person; last what is wrong."""
    width = max(len(name) for section in sections for name in section.facts)
    lines = []
    for section in sections:
        facts = (f"  {name:{width}}  {value}" for name, value in section.facts.items())
        lines += [section.title, *facts, ""]
    problems = [f"wrong: {problem}" for problem in problems_of(sections)]
    return "\n".join(map(printable, [*lines, *(problems or ["nothing is wrong"])]))


def without_home(text: str) -> str:
    """The same with ~ for the person's own folder, whose name is nobody else's business."""
    own = str(Path.home())
    return text.replace(own, "~") if len(own) > 1 else text


def _section(title: str, look: Callable[[], Findings]) -> Section:
    try:
        found = look()
    # Whatever it is that is broken here, it is what the page is asked for.
    except Exception as error:
        found = Findings({}, (f"it cannot be looked at: {type(error).__name__}: {error}",))
    facts = {name: without_home(value) for name, value in found.facts.items()}
    return Section(title, facts, tuple(map(without_home, found.problems)))
