"""`nnlab runs report`, and that every other question about runs has an answer for programs."""

from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.experiments.experiment import parse_experiment
from tests.commands.test_runs import Capture, report, trained
from tests.experiments.run_report.test_page import check_page
from tests.sentences import assert_one_sentence

__all__ = ["trained"]


def test_a_report_lies_where_it_is_said(trained: list[dict], capsys: Capture):
    assert report(capsys, "runs", "report", 1) == {"runs": [1], "output": "Small-run-1.html"}
    assert report(capsys, "runs", "report", 1, 3, "--output", "both.html")["output"] == "both.html"
    report(capsys, "runs", "report", 1, "--axis", "seconds", "--output", "seconds.html")
    assert "seconds of training" in Path("seconds.html").read_text("utf-8")
    for name in ("Small-run-1.html", "both.html"):
        check_page(Path(name).read_text("utf-8"))
    # The model that was trained has the parameters that the report tells of.
    assert trained[0]["parameters_sha256"] in Path("Small-run-1.html").read_text("utf-8")


def test_no_window_is_needed(trained: list[dict], capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    import subprocess
    import sys

    code = (
        "import sys; from nnlab.cli import main; assert main(['runs', 'report', '1']) == 0; "
        "assert not [name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("report", 9), "there is no run 9"),
        (("report", 1, "--output", "a.pdf"), "ending .html"),
        (("report", 1, "--output", "no/a.html"), "not saved"),
    ],
)
def test_mistakes_are_one_sentence(trained: list[dict], capsys: Capture, words: tuple, part: str):
    capsys.readouterr()
    assert main(["runs", *map(str, words)]) == 2
    assert_one_sentence(said := capsys.readouterr().err.strip())
    assert part in said


ASKED = {
    ("list",): {"runs"},
    ("show", 1): {
        *("run", "name", "settings", "figures", "facts", "events", "snapshots", "bytes", "folder", "notes"),
        *("experiment", "present_experiment", "data_checksum"),
    },
    ("compare", 1, 2): {"runs", "names", "settings", "figures", "differences", "divergence", "weights", "confusion"},
    ("compare", 1, 2, "--quick"): {"runs", "names", "settings", "figures", "differences"},
    ("mark", 1, "--star"): {"run", "name", "notes", "tags", "star"},
    ("export", 1, "a.csv"): {"run", "output"},
    ("report", 1): {"runs", "output"},
    ("limits",): {"run_mb", "store_mb"},
    ("delete", 1): {"deleted"},
}


def test_a_run_is_shown_with_what_makes_it_again(trained: list[dict], capsys: Capture):
    found = report(capsys, "runs", "show", 2)
    assert parse_experiment(found["experiment"]).training.learning_rate == 0.05
    listed = report(capsys, "runs", "list")["runs"]
    assert [row["figures"] for row in listed if row["run"] == 2] == [found["figures"]]
    main(["runs", "show", "2"])
    assert "[training]" not in capsys.readouterr().out


@pytest.mark.parametrize("words", ASKED)
def test_every_question_has_an_answer_for_programs(trained: list[dict], capsys: Capture, words: tuple):
    assert ASKED[words] <= report(capsys, "runs", *words).keys()
