"""A report is one whole page that needs nothing else, tells what the store has, and says how to have the run again."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.errors import DivergedError, RunStoreError, SaveError
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.run_report.writing import report_path, write_report
from nnlab.models.rbm_settings import RBMSettings
from nnlab.resources import example_files
from nnlab.training import TrainingRun
from nnlab.training.events import Stop, with_event
from nnlab.training.hand_edits import change_by_hand
from nnlab.words import figure
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.experiments.run_report.reading import Reader

EXAMPLES = {path.stem: path for path in example_files()}
NASTY = "<script>alert(1)</script> & \"quotes\" 'x' \x1b[31m </title>"


def page_of(store: RunStore, *numbers: int, folder: Path) -> tuple[str, Reader]:
    path = folder / "report.html"
    write_report(store, numbers, path)
    text = path.read_text("utf-8")
    return text, check_page(text)


def check_page(text: str) -> Reader:
    """Whole, and without anything from elsewhere."""
    reader = Reader(text)
    assert text.startswith("<!DOCTYPE html>") and reader.problems == []
    assert {"html", "head", "title", "main", "h1"} <= set(reader.tags) and reader.tags.count("h1") == 1
    assert not {"script", "link", "iframe", "object", "form", "a"} & set(reader.tags)
    for tag, name, value in reader.attributes:
        assert not name.startswith("on") and name not in ("href", "srcset"), (tag, name)
        assert name != "src" or value.startswith("data:image/png;base64,")
        assert "http" not in (value or "") or name == "xmlns"
    assert all(value for tag, name, value in reader.attributes if (tag, name) == ("img", "alt"))
    assert "url(" not in text and "@import" not in text and "prefers-color-scheme: dark" in text
    return reader


def kept(folder: Path, experiment: Experiment = SMALL, **how: object) -> Kept:
    done = Kept(experiment, folder / "runs", **how)
    assert done.said == []
    return done


def test_a_run_is_told_with_its_figures_settings_and_pictures(tmp_path: Path):
    done = kept(tmp_path)
    text, reader = page_of(done.store, 1, folder=tmp_path)
    headings = reader.all_in("h2")
    assert headings[:2] == ["Figures", "Curves"] and headings[-1] == "How to have it again"
    figures = done.store.run(1).figures
    assert figure(figures["validation_loss"]) in reader.all_in("td")
    assert f"{figures['best_validation_accuracy']:.1%}" in reader.all_in("td")
    assert {"training.learning_rate", "dataset.source.samples"} <= set(reader.all_in("code"))
    assert reader.all_in("li") == ["Dense 5", "Tanh", "Dense 2", "Softmax"]
    assert text.count("<svg") == 2 and reader.all_in("h3") == ["Boundary", "Weights", "Confusion"]
    assert done.store.run(1).data in reader.text


MODELS = {
    "digits-mlp": {"Weights", "Confusion", "Mistakes"},
    "digits-residual": {"Weights", "Confusion", "Mistakes"},
    "sine": {"Weights", "Predicted values"},
}
CHANGED = {
    "autoencoder": (
        {"Weights", "Reconstructions"},
        ["model.kind=autoencoder", "model.layers=[{kind='dense',units=9},'code',{kind='dense',units=64}]"],
    ),
    "rbm": ({"Weights", "Reconstructions", "Samples"}, ["model.kind=rbm", "model.hidden=16"]),
    "svm": ({"Weights", "Confusion", "Mistakes"}, ["model.kind=linear_svm"]),
}


def test_curves_lie_over_epochs_steps_or_seconds(tmp_path: Path):
    """Of a run of 8 steps in 2 epochs that took a hundredth of a second each."""
    done = kept(tmp_path)
    assert done.run.step == 8
    last = {"epochs": ("epoch", "2"), "steps": ("step", "8"), "seconds": ("seconds of training", "0.08")}
    for axis, (name, end) in last.items():
        path = tmp_path / f"{axis}.html"
        write_report(done.store, [1], path, axis=axis)
        texts = check_page(path.read_text("utf-8")).all_in("text")
        assert name in texts and end in texts, axis


@pytest.mark.parametrize("kind", [*MODELS, *CHANGED])
def test_every_kind_of_model_has_its_pictures(kind: str, tmp_path: Path):
    expected, changes = (MODELS[kind], []) if kind in MODELS else CHANGED[kind]
    experiment = load_experiment(EXAMPLES[kind if kind in MODELS else "digits-mlp"])
    experiment = with_settings(experiment, [*changes, "training.epochs=1", "dataset.examples=200"])
    done = kept(tmp_path, experiment, steps=6, every=10)
    _, reader = page_of(done.store, 1, folder=tmp_path)
    assert set(reader.all_in("h3")) == expected
    # In the words of the window.
    assert ("true \\ predicted" in reader.all_in("th")) == ("Confusion" in expected)
    assert any(" predicted as " in text for _, name, text in reader.attributes if name == "alt") == ("Mistakes" in expected)
    assert not [text for tag, name, text in reader.attributes if (tag, name, text) == ("p", "class", "trouble")]


@pytest.mark.parametrize(("validation", "part"), [("0.25", "validation"), ("0", "test")])
def test_confusion_and_mistakes_are_of_the_same_examples(validation: str, part: str, tmp_path: Path):
    changes = ["training.epochs=1", "dataset.examples=200", f"dataset.validation={validation}"]
    experiment = with_settings(load_experiment(EXAMPLES["digits-mlp"]), changes)
    done = kept(tmp_path, experiment, steps=6, every=10)
    _, reader = page_of(done.store, 1, folder=tmp_path)
    confusion, mistakes = (words for words in reader.all_in("p") if words.endswith("examples"))
    assert confusion.endswith(f" {part} examples") and mistakes.endswith(f" among {confusion}")


def test_names_out_of_files_are_names(tmp_path: Path):
    table = tmp_path / "nasty.csv"
    rows = [f"{number},{number % 3},{'<b>bad</b>' if number % 2 else 'a & b'}" for number in range(60)]
    table.write_text("\n".join(["first <i>,second,label", *rows]))
    experiment = replace(with_settings(SMALL, [f"dataset.source.path={table}", "dataset.source.label=label"]), name=NASTY)
    done = kept(tmp_path, experiment)
    done.store.update(1, notes=NASTY, tags=f'["{"<u>tag</u>"}"]', star=True)
    text, reader = page_of(done.store, 1, folder=tmp_path)
    assert "<b>bad</b>" in reader.text and "<u>tag</u>" in reader.text and "<script>" not in text and "\x1b" not in text
    assert any("alert(1)" in title for title in reader.all_in("title"))


def test_the_commands_make_the_same_run_again(tmp_path: Path):
    done = kept(tmp_path)
    text, reader = page_of(done.store, 1, folder=tmp_path)
    (commands,) = [text for text in reader.all_in("code") if "nnlab train" in text]
    (said,) = re.findall(r"parameters_sha256 ([0-9a-f]{64})", text)
    shim = tmp_path / "bin" / "nnlab"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m nnlab "$@"\n')
    shim.chmod(0o755)
    script = f"PATH={shim.parent}:$PATH\n{commands}"
    shell = shutil.which("sh")
    assert shell
    found = subprocess.run([shell, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    # Trained in this process, with as many threads as it has.
    assert said == done_sha(done) and f'"experiment": "{SMALL.name}"' in found.stdout
    assert (tmp_path / "Small.toml").exists()
    assert load_experiment(tmp_path / "Small.toml") == SMALL


def done_sha(done: Kept) -> str:
    from nnlab.experiments.model_file import parameters_sha256

    return parameters_sha256(done.run.model)


def lower_rate(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, learning_rate=0.025)


def edit(run: TrainingRun, recorder: Recorder) -> None:
    change_by_hand(run, "dense1.weight", (0, 1), 0.5)


def test_what_was_changed_by_hand_is_told_in_the_words_of_undo(tmp_path: Path):
    done = kept(tmp_path, acts={2: lower_rate, 3: edit})
    _, reader = page_of(done.store, 1, folder=tmp_path)
    cells = reader.all_in("td")
    assert "learning rate 0.1 to 0.025" in cells
    assert any(cell.startswith("weight dense1.weight[0, 1] ") and cell.endswith(" to 0.5") for cell in cells)
    assert "nnlab runs export 1 model.safetensors" in reader.text


def test_where_it_stopped_is_told(tmp_path: Path):
    def stop(run: TrainingRun, recorder: Recorder) -> None:
        run.events = with_event(run.events, Stop(run.step, "the loss was <low>"))

    both = kept(tmp_path / "both", acts={2: lower_rate, 3: stop})
    _, reader = page_of(both.store, 1, folder=tmp_path / "both")
    assert "Changed by hand, and where it stopped" in reader.all_in("h2")
    done = kept(tmp_path, acts={3: stop})
    _, reader = page_of(done.store, 1, folder=tmp_path)
    assert "stopped: the loss was <low>" in reader.all_in("td")
    assert "Where it stopped" in reader.all_in("h2") and "by hand" not in reader.text
    # A stop changes nothing, so that the commands alone make the same run.
    assert "changes by hand" not in reader.text and "nnlab runs export" not in reader.text


def test_a_run_whose_data_is_gone_has_its_figures_and_curves(tmp_path: Path):
    table = tmp_path / "points.csv"
    table.write_text("\n".join(f"{number},{number % 7},{number % 2}" for number in range(60)))
    done = kept(tmp_path, with_settings(SMALL, [f"dataset.source.path={table}"]))
    table.unlink()
    text, reader = page_of(done.store, 1, folder=tmp_path)
    assert "points.csv" in reader.text and "Not all can be shown" in reader.text
    assert "Figures" in reader.all_in("h2") and "<svg" in text and not reader.all_in("h3")


def test_damaged_curves_cost_the_curves_alone(tmp_path: Path):
    done = kept(tmp_path)
    done.store._connection.execute("UPDATE curves SET rows = x'00'")
    text, reader = page_of(done.store, 1, folder=tmp_path)
    assert "the curves of run 1 are damaged" in reader.text and "<svg" not in text.replace("<img", "")
    assert "Confusion" in reader.all_in("h3")


def test_runs_are_compared_by_what_differs_and_where_they_part(tmp_path: Path):
    kept(tmp_path)
    other = kept(tmp_path, with_settings(SMALL, ["training.learning_rate=0.05"]))
    third = kept(tmp_path, with_settings(SMALL, ["training.learning_rate=0.05"]))
    text, reader = page_of(third.store, 1, 2, 3, 2, folder=tmp_path)
    assert reader.all_in("h1") == ["Run 1, run 2, run 3 compared"]
    settings = re.search(r"<h2>Settings that differ</h2>(.*?)</section>", text)[1]
    assert re.findall("<code>(.*?)</code>", settings) == ["training.learning_rate"]
    assert re.findall("<td>(.*?)</td>", settings) == ["0.1", "0.05", "0.05"]
    losses = [other.store.run(number).figures["validation_loss"] for number in (1, 2)]
    assert f"{figure(losses[1])} ({figure(losses[1] - losses[0], 3, plus=True)})" in reader.all_in("td")
    assert "First differ at step 1" in reader.text and text.count("<article>") == 3
    colors = set(re.findall(r'<polyline[^>]*stroke="(#\w+)"', text))
    assert len(colors) == 3


def test_quickly_no_step_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept(tmp_path)
    other = kept(tmp_path, with_settings(SMALL, ["training.learning_rate=0.05"]))
    write_report(other.store, [1, 2], tmp_path / "quick.html", is_quick=True)
    assert "Where they part" not in (tmp_path / "quick.html").read_text()


def test_runs_of_other_scores_are_compared_by_what_they_share(tmp_path: Path):
    kept(tmp_path)
    sine = with_settings(load_experiment(EXAMPLES["sine"]), ["training.epochs=1"])
    other = kept(tmp_path, sine)
    _, reader = page_of(other.store, 1, 2, folder=tmp_path)
    assert "none" in reader.all_in("td") and "cannot be compared" in reader.text


def test_a_run_that_has_made_one_step_or_none(tmp_path: Path):
    done = kept(tmp_path, steps=1)
    _, reader = page_of(done.store, 1, folder=tmp_path)
    assert "1 step, " in reader.text and "It has not come to its end" in reader.text
    fresh = open_store(tmp_path / "fresh")[0]
    with pytest.raises(RunStoreError, match="there is no run 1"):
        write_report(fresh, [1], tmp_path / "none.html")
    assert not (tmp_path / "none.html").exists()


def test_only_html_is_written_and_whole_or_not_at_all(tmp_path: Path):
    done = kept(tmp_path)
    with pytest.raises(SaveError, match=r"give it the ending \.html"):
        write_report(done.store, [1], tmp_path / "report.pdf")
    with pytest.raises(SaveError, match="not saved"):
        write_report(done.store, [1], tmp_path / "nowhere" / "report.html")
    assert not list(tmp_path.glob("*.html"))


def test_files_are_called_after_the_runs_and_replace_none(tmp_path: Path):
    kept(tmp_path)
    store = kept(tmp_path).store
    assert report_path(store, [1], tmp_path) == tmp_path / "Small-run-1.html"
    (tmp_path / "Small-run-1.html").touch()
    assert report_path(store, [1], tmp_path) == tmp_path / "Small-run-1-2.html"
    assert report_path(store, [2, 1], tmp_path) == tmp_path / "runs-2-1.html"


def test_a_comparison_begun_with_another_run_has_its_changes(tmp_path: Path):
    kept(tmp_path)
    other = kept(tmp_path, with_settings(SMALL, ["training.learning_rate=0.05", "training.seed=4"]))
    _, reader = page_of(other.store, 2, folder=tmp_path)
    assert "Changed against run 1, Small" in reader.all_in("h2")
    assert {"learning rate 0.1 to 0.05", "seed 0 to 4"} <= set(reader.all_in("li"))


def test_changes_that_cannot_be_read_cost_no_report(tmp_path: Path):
    done = kept(tmp_path, acts={2: lower_rate})
    settings = ('{}, {"learning_rate": "x"}', "{}, 3")
    for events in ('[["edit", 1]]', *(f'[["settings", 1, {what}]]' for what in settings), "[[]]", "[7]"):
        done.store.update(1, events=events)
        _, reader = page_of(done.store, 1, folder=tmp_path)
        assert "The rest cannot be read any more." in reader.text


def test_a_diverged_run_is_told_as_such(tmp_path: Path):
    layers = "model.layers=[{kind='dense',units=2}]"
    changes = [layers, "model.loss=mean_squared_error", "training.learning_rate=1000", "training.optimizer=sgd"]
    experiment = with_settings(SMALL, [*changes, "training.epochs=90"])
    with pytest.raises(DivergedError):
        kept(tmp_path, experiment, every=10**9)
    store = open_store(tmp_path / "runs")[0]
    _, reader = page_of(store, 1, folder=tmp_path)
    assert "Curves" in reader.all_in("h2") and "nan" not in reader.text.lower().replace("nanosec", "")


def test_pages_stay_small_however_large_pictures_are(tmp_path: Path):
    noise = np.random.default_rng(1)
    for number in range(24):
        place = tmp_path / "photos" / f"class {number % 2}"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.integers(0, 255, (256, 256, 3), np.uint8)).save(place / f"{number}.png")
    layers = "model.layers=[{kind='dense',units=2},'softmax']"
    experiment = with_settings(SMALL, [f"dataset.source.path={tmp_path / 'photos'}", layers, "training.epochs=1"])
    done = kept(tmp_path, experiment)
    text, reader = page_of(done.store, 1, folder=tmp_path)
    assert len(text) < 3_000_000 and "Weights" in reader.all_in("h3")


def test_breakpoints_are_told_in_their_words(tmp_path: Path):
    changed = with_settings(SMALL, ['training.stop_when=["not_finite", { kind = "step", number = 100, on = false }]'])
    _, reader = page_of(kept(tmp_path, changed).store, 1, folder=tmp_path)
    (cell,) = [cell for cell in reader.all_in("td") if cell.endswith(" (off)")]
    first, second = (one.summary() for one in changed.training.stop_when)
    assert cell == f"{first}; {second} (off)"


def test_of_a_boltzmann_machine_the_gap_between_free_energies_is_drawn(tmp_path: Path):
    machine = with_settings(replace(SMALL, model=RBMSettings(hidden=5)), ["training.optimizer=sgd", "dataset.scaling=unit"])
    done = kept(tmp_path, machine)
    text, _ = page_of(done.store, 1, folder=tmp_path)
    assert "Free energy of validation less that of training examples" in text and "free energy gap (nats)" in text
