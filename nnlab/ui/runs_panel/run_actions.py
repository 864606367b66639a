"""What can be done with the runs that are selected in the list: one row each. Its buttons and its menu are made of it."""

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.ui.action_row import Desk
from nnlab.ui.compare.comparing import MOST_RUNS
from nnlab.ui.reporting import MOST_RUNS as MOST_REPORTED
from nnlab.ui.runs_panel import deeds

Numbers = tuple[int, ...]


@dataclass(frozen=True)
class RunAction:
    """One thing that can be done.

    words stand in the menu, rows of one section together; a button has them, too, where is_button. It can be done with at
    least and at most so many runs at once; keys act while the list has the focus.
    """

    name: str
    section: int
    words: str
    act: Callable[[Desk, Numbers], object]
    help: str
    keys: str = ""
    least: int = 1
    most: int = 1
    is_button: bool = False

    def can(self, numbers: Numbers) -> bool:
        """Whether there is something to do."""
        return self.least <= len(numbers) <= self.most


_MANY = 1_000_000


def _edit(name: str, help_text: str, keys: str = "") -> RunAction:
    """What a person says of a run, written in its place in the list."""
    return RunAction(
        name, 1, name.capitalize(), lambda desk, numbers: desk.runs_panel.edit(numbers[0], name), help_text, keys
    )


_ROWS = (
    RunAction(
        "open",
        0,
        "Open",
        lambda desk, numbers: desk.session.open_run(numbers[0]),
        "Go on with the run from where it stood last",
        "Return",
        is_button=True,
    ),
    RunAction(
        "open_at",
        0,
        "Open at a step…",
        lambda desk, numbers: deeds.open_at(desk, numbers[0]),
        "The run as it was after some step; trained from there it becomes a branch",
    ),
    RunAction(
        "duplicate",
        0,
        "Duplicate as an experiment",
        lambda desk, numbers: deeds.duplicate(desk, numbers[0]),
        "Its settings as a new experiment, which begins afresh",
    ),
    RunAction(
        "compare",
        0,
        "Compare…",
        lambda desk, numbers: desk.comparing.show(numbers),
        "Hold them beside each other: settings, figures, curves, the same view in step",
        least=2,
        most=MOST_RUNS,
        is_button=True,
    ),
    RunAction("tick", 1, "Tick or untick", deeds.tick, "Lay its curves beside the present ones", "Space", most=_MANY),
    RunAction("star", 1, "Star or unstar", deeds.star, "Found again by: star", "*", most=_MANY),
    _edit("name", "Give it a name", "F2"),
    _edit("tags", "Tags, with commas between"),
    _edit("notes", "What there is to say about it"),
    RunAction(
        "export",
        2,
        "Export…",
        lambda desk, numbers: deeds.export(desk, numbers[0]),
        "Its experiment (.toml), its curves (.csv) or its model (.safetensors)",
    ),
    RunAction(
        "tensorboard",
        2,
        "Export for TensorBoard…",
        deeds.export_tensorboard,
        "A folder that TensorBoard shows: curves, histograms of the parameters, pictures, settings",
        most=MOST_REPORTED,
    ),
    RunAction(
        "report",
        2,
        "Report…",
        deeds.report,
        "One HTML page of it: settings, curves, pictures, and the commands that make it again; several are compared",
        most=MOST_REPORTED,
    ),
    RunAction("delete", 3, "Delete", deeds.delete, "Take it off the list; Undo brings it back", "Delete", most=_MANY),
)
RUN_ACTIONS: dict[str, RunAction] = {row.name: row for row in _ROWS}
