"""Names of data, experiments and files come from anybody; in a script they are words, and never its code."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.exports import EXPORTS, Source, written
from nnlab.resources import resource
from tests.experiments.exports.scripts.trained_alike import check_trains_alike

CODE = 'a""" + exit() + """'
NAMES = [CODE, "a'b\"c", "{brace} %s", "new\nline", "back\\", '"', "with space"]
ROWS = [f"{x * 0.37 % 1:.3f},{x % 7},{'yes' if x % 2 else 'no'}" for x in range(40)]


def experiment_called(name: str, folder: Path) -> Experiment:
    table = folder / f"{name}.csv"
    table.write_text("\n".join(["first,second,label", *ROWS]))
    source = f"dataset.source={{kind='file', path={json.dumps(str(table))}}}"
    base = load_experiment(resource("examples", "xor.toml"))
    return replace(with_settings(base, ["training.epochs=1", source]), name=name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", ["numpy", "torch", "keras", "notebook"])
def test_whatever_data_and_files_are_called_a_script_is_a_script(target: str, name: str, tmp_path: Path):
    path = tmp_path / f"{name}{EXPORTS[target].suffix}"
    written(Source(experiment_called(name, tmp_path), ()), target, path)
    text = path.read_text(encoding="utf-8")
    if target == "notebook":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        text = '""""""\n' + "\n".join("".join(cell["source"]) for cell in cells)
        assert f"__file__ = {path.name!r}" in ast.unparse(ast.parse(text))
    first, *others = ast.parse(text).body
    assert isinstance(first, ast.Expr)
    assert isinstance(first.value, ast.Constant)
    assert "exit" not in {node.id for part in others for node in ast.walk(part) if isinstance(node, ast.Name)}


def test_a_script_with_such_names_trains_alike(tmp_path: Path):
    check_trains_alike(experiment_called(CODE, tmp_path), tmp_path)
