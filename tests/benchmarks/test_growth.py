"""The tables and pictures of benchmarks/: what is drawn is what was measured, and estimates follow their formula."""

import importlib
import multiprocessing
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nnlab.experiments.benchmark.measuring import Measuring
from nnlab.experiments.benchmark.outcome import Outcome, Rival
from nnlab.experiments.benchmark.pictures import load_pictures

FOLDER = Path(__file__).parents[2] / "benchmarks"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", autouse=True)
def programs():
    """Programs of benchmarks/ import each other by their plain names; nothing else is to find them."""
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))
    for name in [name for name, module in sys.modules.items() if str(FOLDER) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


def program(name):
    return importlib.import_module(name)


def panel(**further):
    curves = {"nnlab": [(16, 2.0), (256, 0.5)], "PyTorch": [(16, 4.0), (256, 1.0)]}
    return program("panels").Panel("Batch size", "examples", "seconds", curves, **further)


def test_a_panel_as_a_table_has_a_row_for_each_size_and_a_column_for_each_curve():
    assert panel().rows == [
        ["examples \\ seconds", "nnlab", "PyTorch"],
        ["16", "2", "4"],
        ["256", "0.5", "1"],
    ]
    half = program("panels").Panel("Cores", "cores", "x", {"MLP": [(1, 1.0), (16, 5.0)]}, {"MLP": [(1, 1.0)]})
    assert half.rows[1:] == [["1", "1", "1"], ["16", "", "5"]]


def test_the_picture_is_small_has_a_light_ground_and_ink_of_its_own_and_names_what_it_shows(tmp_path):
    path = tmp_path / "growth.svg"
    program("panels").write_panels(path, "A processor, 2 cores", [panel()] * 6)
    assert path.stat().st_size < 20_000
    root = ElementTree.fromstring(path.read_bytes())
    (group,) = root
    ground = group.find(f"{SVG}rect")
    assert ground.get("fill") == "#ffffff" and ground.get("width") == root.get("width")
    # What is drawn in the colour of the text has one in a dark page, too.
    assert group.get("color") == "#24292f"
    words = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert (
        "A processor, 2 cores" in words and words.count("Batch size") == 6 and words.count("nnlab\u00a0·\u00a0PyTorch") == 6
    )
    assert words.count("256") == 6
    assert len(list(root.iter(f"{SVG}polyline"))) == 6 * (2 + 1)  # curves, and the outline of the axes


def test_panels_do_not_lie_on_each_other(tmp_path):
    path = tmp_path / "growth.svg"
    program("panels").write_panels(path, "", [panel()] * 3)
    root = ElementTree.fromstring(path.read_bytes())
    places = [group.get("transform") for group in root[0].findall(f"{SVG}g")]
    assert len(set(places)) == 3 and int(root.get("height")) < 1000


def test_an_estimate_is_amdahls_law_with_the_measured_parts():
    costs = program("cores").StepCosts(examples=100, fixed=1.0, each=0.1, update=2.0, adding=0.5, rest=3.0)
    assert costs.seconds(1) == pytest.approx(3 + 1 + 10 + 2)
    assert costs.seconds(4) == pytest.approx(3 + 1 + 10 / 4 + 2 / 4 + 0.5 * 3 / 4)
    assert costs.serial_share == pytest.approx(4 / 16)
    assert costs.seconds(1) / costs.seconds(10**9) == pytest.approx(16 / (4 + 0.5))


@pytest.mark.slow
def test_the_costs_of_a_step_are_measured(monkeypatch):
    cores = program("cores")
    monkeypatch.setattr(cores, "_ROUNDS", 3)
    monkeypatch.setattr(cores, "KEYS", {"mlp-128": "MLP"})
    found = cores.estimated(load_pictures([]).dataset, {"MLP": [(1, 1.0), (2, 1.5)]})
    (points,) = found.curves.values()
    assert [cores for cores, _ in points] == [1, 2, 4, 8, 16] and points[0][1] == 1
    assert found.points["MLP"][1] == (2, 1.5) and "MLP" in found.words


@pytest.mark.slow
def test_files_of_many_rows_are_trained_on_and_taken_away_again(tmp_path, monkeypatch):
    rows = program("many_rows")
    monkeypatch.setattr(rows, "QUICK_ROWS", (500, 9000))
    train = load_pictures([]).dataset.train
    found = rows.by_rows(train, 700, is_quick=True, within=tmp_path)
    assert [count for count, _ in found.curves["ms a step"]] == [500, 700]
    assert found.curves["GB of the file"][1][1] == pytest.approx(700 * 784 / 1e9, rel=0.01)
    assert all(milliseconds > 0 for _, milliseconds in found.curves["ms a step"])
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_steps_are_shared_among_helpers_that_have_gone_afterwards(monkeypatch):
    helpers, timing = program("helpers"), importlib.import_module("nnlab.experiments.benchmark.timing")
    monkeypatch.setattr(timing, "_LONGEST_WAIT", 0.0)
    monkeypatch.setattr(helpers, "KEYS", {"mlp-128": "MLP"})
    monkeypatch.setattr(helpers, "QUICK_STEPS", 3)
    found = helpers.by_helpers(load_pictures([]), [1, 2], Measuring(1, 1, is_quick=True))
    assert [count for count, _ in found.curves["MLP"]] == [1, 2]
    assert not multiprocessing.active_children()


def test_rows_that_a_disk_has_no_room_for_are_refused_before_any_is_written(tmp_path):
    with pytest.raises(SystemExit, match=r"has no room for 10,000,000,000,000 rows, 7850000.0 GB; choose another --folder"):
        program("many_rows").by_rows(load_pictures([]).dataset.train, 10**13, is_quick=True, within=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_rows_of_a_file_are_those_of_the_pictures_again_and_again(tmp_path):
    import numpy as np

    train = load_pictures([]).dataset.train
    few = type(train)(train.inputs[:7], train.labels[:7])
    path = program("many_rows").write_rows(tmp_path, 17, few)
    assert (np.load(path) == train.inputs[[*range(7), *range(7), *range(3)]][..., 0]).all()
    assert (np.load(tmp_path / "y_17.npy") == train.labels[[*range(7), *range(7), *range(3)]]).all()


def test_the_page_has_the_picture_the_tables_and_the_formula():
    growth = program("growth")
    page = growth.page("A processor, 2 cores", [panel(words="Said of it.")], True, "growth-here.svg")
    assert "(growth-here.svg)" in page and "A processor, 2 cores." in page and "T(h) = c + a" in page
    head, rule, first, _ = page[page.index("| examples") :].splitlines()[:4]
    assert head.count("|") == rule.count("|") == first.count("|") == 4
    assert "Said of it." in page and "100 steps stand for an epoch" in page


def test_everyone_who_was_timed_has_a_curve():
    outcome = Outcome("x", "X", 1.0, 5.0, 0.0, "PyTorch", 2.0, others=(Rival("JAX", "JAX", 0.8), Rival("Y", why="no Y")))
    assert list(program("growth").times_of(outcome)) == [("nnlab", 1.0), ("PyTorch", 2.0), ("JAX", 0.8)]


def test_a_row_of_the_table_has_both_peers_and_leaves_out_who_is_not_there():
    engine = program("engine")
    both = Outcome("x", "X", 1.0, 5.0, 0.0, "PyTorch NCHW", 2.0, others=(Rival("JAX", "JAX", 0.8),), helpers=2)
    alone = Outcome("x", "X", 1.0, 5.0, 0.0, "scikit-learn", 2.0)
    whole, short = engine.line_of(both, (0.6, 1.0)), engine.line_of(alone, (0.6,))
    assert " ".join(whole.split()) == "X 1.000 2.000 0.50 0.60 0.800 1.25 1.00 0.00 2 PyTorch NCHW"
    assert " ".join(short.split()) == "X 1.000 2.000 0.50 0.60 0.00 1 scikit-learn"
    assert whole.index("PyTorch") == short.index("scikit")


def test_every_workload_has_a_target_for_each_of_its_peers():
    engine = program("engine")
    targets = {key: len(aims) for key, aims in engine.TARGETS.items()}
    assert {work.key: len(work.peers) for work in engine.WORKLOADS} == targets


@pytest.mark.slow
def test_nnlab_is_timed_from_its_start_to_its_first_step_and_whoever_is_missing_has_no_figures(tmp_path, monkeypatch):
    import numpy as np

    first_step = program("first_step")
    train = load_pictures([]).dataset.train
    files = [tmp_path / "x.npy", tmp_path / "y.npy"]
    for path, array in zip(files, (train.inputs.reshape(len(train), -1), train.labels), strict=True):
        np.save(path, array)
    seconds, memory = first_step._measured("nnlab", 1, files)
    assert seconds > 0 and memory > 30
    assert first_step._measured("nobody", 1, files) is None
