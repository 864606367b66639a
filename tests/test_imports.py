"""Imports run one way: ui, cli -> experiments -> probes -> training -> models, datasets -> ground. No list of exceptions."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import get_type_hints

import nnlab
from nnlab.models import MODELS
from nnlab.probes import PROBES
from nnlab.resources import resource
from nnlab.ui.views import VIEWS

PACKAGE = Path(nnlab.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

FOUNDATION = {
    *("nnlab", "nnlab.atomic_file", "nnlab.errors", "nnlab.report", "nnlab.settings", "nnlab.randomness", "nnlab.resources"),
    *(
        "nnlab.colors",
        "nnlab.file_lock",
        "nnlab.later",
        "nnlab.memory",
        "nnlab.optional",
        "nnlab.regular_file",
        "nnlab.spawning",
        "nnlab.spreadsheet",
        "nnlab.squares",
        "nnlab.targets",
        "nnlab.words",
    ),
}
COMMANDS = {"nnlab.__main__", "nnlab.cli", "nnlab.progress", "nnlab.terminal"}
ALLOWED = {
    "foundation": {"foundation"},
    "models": {"foundation", "models"},
    "datasets": {"foundation", "datasets"},
    "training": {"foundation", "models", "datasets", "training"},
    "probes": {"foundation", "models", "datasets", "training", "probes"},
    "experiments": {"foundation", "models", "datasets", "training", "probes", "experiments"},
    "desktop": {"foundation", "datasets", "experiments", "desktop"},
    "ui": {"foundation", "models", "datasets", "training", "probes", "experiments", "desktop", "ui", "commands"},
    "commands": {"foundation", "models", "datasets", "training", "probes", "experiments", "desktop", "ui", "commands"},
}
SCREEN = {"PySide6", "pyqtgraph", "shiboken6"}
# What runs or unpacks the code that a file holds.
CODE_LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"}
MOST_LINES = 350
MOST_LINES_OF_A_FUNCTION = 40


def module_of(path: Path) -> str:
    """nnlab.models.layers for nnlab/models/layers/__init__.py."""
    parts = ["nnlab", *path.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


def room_of(module: str) -> str:
    """The room a module stands in."""
    if module in FOUNDATION:
        return "foundation"
    room = "commands" if module in COMMANDS else module.split(".")[1]
    assert room in ALLOWED, f"{module} stands in no room"
    return room


def imports_of(nodes: Iterator[ast.AST] | list[ast.AST], path: Path) -> Iterator[str]:
    """Every module that these statements import, by its full name; of nnlab also those imported as names."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in MODULES]
            yield from names
            if base != "nnlab" or len(names) < len(node.names):
                yield base


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def violations(rule: Callable[[Path], Iterable[str]]) -> list[str]:
    """What a rule finds in all files, each with its file."""
    return [f"{named(path)}: {found}" for path in FILES for found in rule(path)]


def test_the_rooms_are_all_there():
    assert {room_of(module) for module in MODULES} == set(ALLOWED)


def test_a_module_imports_only_what_its_room_may_know():
    def strangers(path: Path) -> list[str]:
        room = room_of(module_of(path))
        known = [module for module in imports_of(ast.walk(tree_of(path)), path) if module.split(".")[0] == "nnlab"]
        return [f"{room} imports {module}" for module in known if room_of(module) not in ALLOWED[room]]

    assert not violations(strangers)


def test_a_package_is_imported_only_where_it_belongs():
    def strangers(path: Path) -> set[str]:
        room = room_of(module_of(path))
        roots = {module.split(".")[0] for module in imports_of(ast.walk(tree_of(path)), path)}
        screen = set() if room == "ui" else roots & SCREEN
        beyond_numpy = roots - set(sys.stdlib_module_names) - {"numpy", "nnlab"} if room == "models" else set()
        return screen | beyond_numpy | roots & CODE_LOADERS

    assert not violations(strangers)


def test_the_window_is_imported_only_when_it_opens():
    def at_import(path: Path) -> list[str]:
        if room_of(module_of(path)) != "commands":
            return []
        outside_functions = [
            node for node in tree_of(path).body if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        nodes = [inner for node in outside_functions for inner in ast.walk(node)]
        return [name for name in imports_of(nodes, path) if name.startswith("nnlab.ui")]

    assert not violations(at_import)


def test_nothing_is_unpickled_or_evaluated():
    def dangers(path: Path) -> Iterator[str]:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                # Qt has methods of these names that are no danger: a dialog's exec().
                if isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec", "compile", "__import__"}:
                    yield f"line {node.lineno} calls {node.func.id}"
                if any(keyword.arg == "allow_pickle" and not is_false(keyword.value) for keyword in node.keywords):
                    yield f"line {node.lineno} allows pickles"

    assert not violations(dangers)


def kinds_of_models() -> set[str]:
    """The names of all settings of models, and of what they build, with their bases."""
    built = [get_type_hints(settings.build)["return"] for settings in MODELS.values()]
    return {kind.__name__ for start in (*MODELS.values(), *built) for kind in start.__mro__} - {"object", "Settings"}


def test_what_a_model_can_do_is_asked_of_the_model_and_not_of_its_kind():
    kinds = kinds_of_models()
    assert {"Network", "RBM", "Autoencoder", "DeepBelief", "MLPSettings", "RBMSettings", "ModelSettings"} <= kinds

    def kind_checks(path: Path) -> Iterator[str]:
        if room_of(module_of(path)) == "models":
            return
        for node in ast.walk(tree_of(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"isinstance", "issubclass"}
            ):
                words = {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
                words |= {name.attr for name in ast.walk(node.args[1]) if isinstance(name, ast.Attribute)}
                yield from (f"line {node.lineno} asks whether it is a {name}" for name in sorted(words & kinds))

    assert not violations(kind_checks)


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_a_file_holds_one_idea_and_opens_with_a_sentence_to_the_reader():
    def untidy(path: Path) -> Iterator[str]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            yield f"{lines} lines"
        if not ast.get_docstring(tree_of(path)):
            yield "no sentence to the reader"

    assert not violations(untidy)


def test_a_function_fits_on_a_page():
    def long(path: Path) -> Iterator[str]:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > MOST_LINES_OF_A_FUNCTION:
                    yield f"{path.relative_to(PACKAGE.parent)}: {node.name} has {lines} lines"

    rooms = (PACKAGE, PACKAGE.parent / "benchmarks", PACKAGE.parent / "tests")
    assert not [found for room in rooms for path in sorted(room.rglob("*.py")) for found in long(path)]


def test_no_modules_import_each_other_in_a_circle():
    graph = {
        module_of(path): {
            module for module in imports_of(ast.walk(tree_of(path)), path) if module in MODULES and module != module_of(path)
        }
        for path in FILES
    }
    # What imports nothing that is left is in no circle; what is left in the end is in one, or leads to one.
    while free := {module for module, imported in graph.items() if not imported & graph.keys()}:
        graph = {module: imported for module, imported in graph.items() if module not in free}
    while last := set(graph) - set().union(*graph.values()):
        graph = {module: imported for module, imported in graph.items() if module not in last}
    assert not sorted(graph)


def modules_after(code: str) -> set[str]:
    """All modules that a fresh interpreter has loaded after this code."""
    words = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules, file=sys.stderr)"]
    return set(subprocess.run(words, capture_output=True, text=True, check=True).stderr.split())


def loaded_after(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after this code."""
    return {module.split(".")[0] for module in modules_after(code)}


def modules_of_command(*words: str) -> set[str]:
    """All modules that a command has loaded when it is done."""
    return modules_after(
        f"import contextlib\nfrom nnlab.cli import main\nwith contextlib.suppress(SystemExit): main({list(words)})"
    )


def strangers_among(loaded: set[str], *named: str) -> list[str]:
    """Those of the modules that are one of the named or lie within it."""
    return sorted(module for module in loaded if any(f"{module}.".startswith(f"{name}.") for name in named))


def test_the_command_line_alone_loads_no_screen():
    assert not loaded_after("import nnlab.cli") & (SCREEN | {"sklearn", "rich", "numpy"})


def test_the_data_sets_load_what_reads_pictures_only_when_they_read_one():
    assert not loaded_after("import nnlab.datasets") & {"PIL", "sklearn"}


def test_everything_but_the_ui_together_loads_no_screen():
    modules = [module for module in sorted(MODULES) if room_of(module) != "ui"]
    loaded = loaded_after("\n".join(f"import {module}" for module in modules))
    assert not loaded & (SCREEN | {"sklearn", "scipy", "matplotlib", "dask"})


# What Network and the Inspector look into themselves.
_LOOKED_INTO = {
    f"nnlab.probes.{name}" for name in ("inspector", "network", "weights", "distributions", "boundary", "predictions")
}
LEAN = (
    "from nnlab.ui.lean_qt import import_qt; import_qt(); from nnlab.ui.lean_pyqtgraph import import_lean; import_lean(); "
)


def test_the_window_opens_without_what_is_opened_from_it_later():
    loaded = modules_after(f"{LEAN} import nnlab.ui.app, nnlab.ui.main_window")
    assert {"nnlab.ui.stage.stage", "nnlab.ui.views.inspector.inspector", "nnlab.probes", "pyqtgraph"} <= loaded
    views = {row.make.place.rpartition(".")[0] for row in VIEWS.values()}
    looks = {row.look.place.rpartition(".")[0] for row in PROBES.values()} - _LOOKED_INTO
    assert not loaded & (views | looks), "a view is loaded when it is first seen"
    later = ("baselines.panel", "benchmark.window", "breakpoints.panel", "browser.browser", "compare.window")
    later += ("figure.dialog", "gallery.window", "importing.dialog", "keyboard_page.page", "seeds.window", "sweeps.window")
    assert not strangers_among(
        loaded,
        *(f"nnlab.ui.{name}" for name in (*later, "installation", "timeline.film_export")),
        *(f"nnlab.experiments.{name}" for name in ("run_report", "imports", "baselines", "benchmark", "sweeps")),
        *("PIL", "sklearn", "scipy", "rich", "pooch", "email", "pydoc", "importlib.metadata"),
        *(
            f"pyqtgraph.{name}"
            for name in ("imageview", "parametertree", "multiprocess", "widgets.SpinBox", "graphicsItems.ROI")
        ),
    )


def test_what_pyqtgraph_was_loaded_without_can_be_had_from_its_own_module():
    code = """import pyqtgraph as pg
assert pg.PlotItem
import pyqtgraph.imageview as later, pyqtgraph.exporters
assert later.ImageView"""
    assert {"pyqtgraph.imageview.ImageView", "pyqtgraph.graphicsItems.PlotItem.PlotItem"} <= modules_after(f"{LEAN}\n{code}")


def test_what_of_qt_nobody_asks_for_is_not_made_ready():
    code = f"""from PySide6 import QtWidgets
before = dir(QtWidgets)
{LEAN}
from pyqtgraph.Qt import QtWidgets as of_pyqtgraph
assert "QCalendarWidget" not in vars(QtWidgets), "every class of Qt was made"
assert dir(QtWidgets) == before and "QCalendarWidget" in before
assert of_pyqtgraph.QCalendarWidget is QtWidgets.QCalendarWidget
assert not hasattr(of_pyqtgraph, "QNothing")"""
    modules_after(code)


def test_qt_leaves_python_its_own_import():
    code = """import builtins
own = builtins.__import__
from nnlab.ui.lean_qt import import_qt
import_qt()
assert builtins.__import__ is own, "every module's source is read when it is imported"
from PySide6.QtCore import QObject, Signal
class Bell(QObject):
    rung = Signal(int)
bell, heard = Bell(), []
bell.rung.connect(heard.append)
bell.rung.emit(3)
assert heard == [3]"""
    assert "PySide6.QtWidgets" in modules_after(code)


def test_the_version_is_told_without_the_engine_and_without_any_command():
    loaded = modules_of_command("--version")
    assert "nnlab.commands" in loaded
    assert not {module for module in loaded if module.startswith("nnlab.commands.")}
    rooms = (f"nnlab.{room}" for room in ("models", "datasets", "training", "probes", "experiments", "desktop", "ui"))
    assert not strangers_among(loaded, *rooms, *SCREEN, "numpy", "rich", "dataclasses", "json", "tempfile")


def test_training_loads_neither_probes_nor_readers_of_files_nor_what_goes_back_into_runs(tmp_path: Path):
    loaded = modules_of_command(
        *("train", str(resource("examples", "digits-mlp.toml")), "--set", "training.epochs=1", "--output", str(tmp_path))
    )
    assert {"nnlab.training.loop", "nnlab.experiments.journal.writer"} <= loaded
    assert (tmp_path / "digits-mlp.safetensors").is_file()
    assert [module for module in sorted(loaded) if module.startswith("nnlab.commands.")] == [
        f"nnlab.commands.{name}" for name in ("answer", "journal", "options", "train")
    ]
    others = ("formats", "loading", "classes", "csv_layout", "idx_files", "numpy_files", "picture_classes")
    assert not strangers_among(
        loaded,
        *(
            "nnlab.ui",
            "nnlab.desktop",
            "nnlab.probes",
            "nnlab.models.gradient_check",
            "nnlab.training.crew.crew",
            "multiprocessing",
        ),
        *(f"nnlab.datasets.files.{name}" for name in others),
        *(f"nnlab.experiments.{name}" for name in ("exports", "imports", "sweeps", "run_report", "benchmark", "baselines")),
        *(f"nnlab.experiments.journal.{name}" for name in ("replay", "changed", "resuming")),
        *(*SCREEN, "PIL", "sklearn", "scipy", "rich", "pooch", "numpy.ma", "numpy.testing", "numpy.fft", "numpy.polynomial"),
    )
