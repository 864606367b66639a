"""Everything that can be done from the menus and by a key: one row each. Menus, toolbar, tooltips and F1 are made of it."""

from PySide6.QtGui import QKeySequence

from nnlab.ui.action_row import Face, Keys, Row
from nnlab.ui.appearance_rows import SCALE_ROWS, THEME_ROWS
from nnlab.ui.breakpoints.rows import BREAKPOINT_ROWS
from nnlab.ui.export_rows import EXPORT_ROWS
from nnlab.ui.help_rows import HELP_ROWS
from nnlab.ui.helper_rows import HELPER_ROWS
from nnlab.ui.importing.opening import import_weights
from nnlab.ui.layout_rows import LAYOUT_ROWS
from nnlab.ui.model_export import model_rows
from nnlab.ui.pace_rows import PACE_ROWS
from nnlab.ui.reporting import report_on_present
from nnlab.ui.run_rows import RESET_ROWS, RUN_ROWS
from nnlab.ui.script_export import script_rows
from nnlab.ui.seeds.rows import SEEDS_ROWS
from nnlab.ui.situation import Situation
from nnlab.ui.stage import PANE_COUNTS
from nnlab.ui.sweeps.rows import SWEEP_ROWS
from nnlab.ui.timeline.rows import TIMELINE_ROWS
from nnlab.ui.widgets.explained import literally

# Keys as a person knows them.
_SIGNS = {"Right": "→", "Left": "←"}


def _panes(count: int, words: str) -> Row:
    """So many views at once."""
    return Row(
        f"panes_{count}",
        "View",
        1,
        words,
        lambda desk: desk.stage.arrange(count),
        (f"Ctrl+{count}",),
        group="panes",
        is_on=lambda desk: desk.stage.pane_count == count,
    )


def _dock(name: str, help_text: str = "", keys: tuple[Keys, ...] = (), picture: str = "") -> Row:
    """A part of the window that can be hidden."""
    return Row(
        name,
        "View",
        4,
        name.capitalize(),
        lambda desk: desk.turn_dock(name),
        keys,
        help_text,
        face=lambda situation: Face("" if picture else name.capitalize(), picture),
        is_on=lambda desk: desk.shows_dock(name),
    )


def _naming(word: str, edit: str) -> Face:
    """Undo or redo, with the edit that it would take back or make again."""
    return Face(help=f"{word}: {edit}", words=f"{word}: {edit}") if edit else Face()


_ROWS = (
    Row("open", "File", 0, "Open…", lambda desk: desk.files.open_dialog(), (QKeySequence.StandardKey.Open,)),
    Row(
        "examples",
        "File",
        0,
        "Examples…",
        lambda desk: desk.gallery.open(),
        ("Ctrl+Shift+O",),
        "Experiments that come with nnlab, as pictures to choose from",
    ),
    Row("save", "File", 1, "Save experiment", lambda desk: desk.files.save(), (QKeySequence.StandardKey.Save,)),
    Row("save_as", "File", 1, "Save experiment as…", lambda desk: desk.files.save_as(), (QKeySequence.StandardKey.SaveAs,)),
    Row(
        "save_model",
        "File",
        1,
        "Save model…",
        lambda desk: desk.files.save_model(),
        ("Ctrl+M",),
        can=lambda situation: situation.running is not None,
    ),
    Row(
        "import_weights",
        "File",
        1,
        "Import weights…",
        lambda desk: import_weights(desk.session, desk.files),
        help="Begin from weights that were learned elsewhere: PyTorch's, Keras', any arrays",
        can=lambda situation: situation.running is not None and not situation.problem,
    ),
    *EXPORT_ROWS,
    Row(
        "report",
        "File",
        2,
        "Report…",
        lambda desk: report_on_present(desk.session, desk.files, desk.curves),
        help="One HTML page of the run: settings, curves, pictures, and the commands that make it again",
        can=lambda situation: situation.running is not None,
    ),
    *model_rows("File", 2),
    *script_rows("File", 2),
    Row("quit", "File", 3, "Quit", lambda desk: desk.close(), (QKeySequence.StandardKey.Quit,)),
    Row(
        "undo",
        "Edit",
        0,
        "Undo",
        lambda desk: desk.session.undo(),
        (QKeySequence.StandardKey.Undo,),
        "Undo a setting, a weight or a reset",
        face=lambda situation: _naming("Undo", situation.undoes),
        can=lambda situation: situation.can_undo,
    ),
    Row(
        "redo",
        "Edit",
        0,
        "Redo",
        lambda desk: desk.session.redo(),
        # All that the platform knows: Ctrl+Shift+Z comes first on some, on others it is Ctrl+Y.
        (QKeySequence.StandardKey.Redo,),
        "Redo a setting, a weight or a reset",
        face=lambda situation: _naming("Redo", situation.redoes),
        can=lambda situation: situation.can_redo,
    ),
    *THEME_ROWS,
    *map(_panes, PANE_COUNTS, ("One view", "Two views side by side", "Four views")),
    Row(
        "maximise",
        "View",
        1,
        "Maximise the view",
        lambda desk: desk.maximise_view(),
        ("M",),
        "The view in front takes the room of the others, and gives it back",
        is_on=lambda desk: desk.stage.is_maximised,
    ),
    Row("next_view", "View", 2, "Next view", lambda desk: desk.stage.show_next(1), ("Ctrl+Tab",)),
    Row("previous_view", "View", 2, "Previous view", lambda desk: desk.stage.show_next(-1), ("Ctrl+Shift+Tab",)),
    Row(
        "browse",
        "View",
        3,
        "Browse the data…",
        lambda desk: desk.browsing.open(),
        ("Ctrl+B",),
        "Page through all examples",
        can=lambda situation: situation.loaded is not None,
        face=lambda situation: Face("Browse…"),
    ),
    Row(
        "compare",
        "View",
        3,
        "Compare runs…",
        lambda desk: desk.comparing.open(desk.runs_panel.selected),
        ("Ctrl+Shift+C",),
        "Hold the ticked runs beside each other, or those that are selected",
    ),
    *SWEEP_ROWS,
    *LAYOUT_ROWS,
    _dock("setup"),
    _dock("curves"),
    _dock("runs", "Every run that was kept: find it, open it, lay its curves beside the present ones", ("Ctrl+R",), "runs"),
    _dock("inspector", "Show what is selected in numbers: an example, a unit or a weight"),
    *SCALE_ROWS,
    *RUN_ROWS,
    *PACE_ROWS,
    *HELPER_ROWS,
    *BREAKPOINT_ROWS,
    *RESET_ROWS,
    *TIMELINE_ROWS,
    *SEEDS_ROWS,
    Row(
        "compare_with",
        "Run",
        5,
        "Compare with…",
        lambda desk: desk.baselines.open(),
        help="Train the experiment in PyTorch, Keras or scikit-learn, too, with the same start and the same batches",
    ),
    *HELP_ROWS,
)
ACTIONS: dict[str, Row] = {row.name: row for row in _ROWS}


def way_to(name: str) -> str:
    """Where a row is found: Run > Reset, same seed."""
    row = ACTIONS[name]
    return f"{row.menu} > {row.words}"


def shortcuts_of(keys: Keys) -> list[QKeySequence]:
    """All that the platform has for a standard key, or the one that is named."""
    return QKeySequence.keyBindings(keys) if isinstance(keys, QKeySequence.StandardKey) else [QKeySequence(keys)]


def keys_text(row: Row) -> str:
    """The keys as a person knows them: Shift+→."""
    first = [shortcuts_of(keys)[:1] for keys in row.keys]
    texts = [shortcut.toString(QKeySequence.SequenceFormat.NativeText) for found in first for shortcut in found]
    return ", ".join("+".join(_SIGNS.get(key, key) for key in text.split("+")) for text in texts)


def words_of(row: Row, situation: Situation) -> str:
    """What stands in the menu now."""
    return row.face(situation).words or row.words


def tooltip_of(row: Row, face: Face | None = None) -> str:
    """What it does, with its keys."""
    keys = keys_text(row)
    text = f"{(face and face.help) or row.help or row.words}{f' ({keys})' if keys else ''}"
    # It may hold a name out of a file.
    return literally(text) if "<" in text else text


def ways_to(row: Row, situation: Situation) -> str:
    """What to press for it: Run or Space."""
    return " or ".join(filter(None, (row.face(situation).word, keys_text(row))))
