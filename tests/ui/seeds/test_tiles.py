"""What the strip shows of each seed, and where; and how the plane is coloured."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.seeds.luck import luck_of
from nnlab.experiments.seeds.seed_sweep import SEED, seeds_sweep
from nnlab.experiments.sweeps.records import CANCELLED, DIVERGED, DONE, FAILED, RUNNING, TrialRecord
from nnlab.probes.boundary import BoundaryField
from nnlab.ui.seeds.plane_image import plane_image
from nnlab.ui.seeds.reader import SeedsSeen, Wanted
from nnlab.ui.seeds.strip import SeedStrip
from nnlab.ui.seeds.tile import Tile, tiles_of
from nnlab.ui.theme import DARK, LIGHT, class_color
from tests.ui.conftest import example

XOR = example("xor", epochs=4)


def seen(*states: str, accuracies: tuple[float, ...] = ()) -> SeedsSeen:
    sweep = seeds_sweep(XOR, 9)
    trials = []
    for seed, state in enumerate(states):
        figures = {"test_accuracy": accuracies[seed], "train_loss": 0.1} if state == DONE else {}
        reason = "why it did" if state in (FAILED, DIVERGED, CANCELLED) else ""
        trials.append(TrialRecord(1, seed + 1, {SEED: seed}, state, reason, None, figures))
    return SeedsSeen(Wanted(0, sweep), sweep, None, tuple(trials), {}, luck_of(trials, 9))


def test_there_is_one_for_each_seed_also_of_those_that_nobody_has_begun():
    tiles = tiles_of(seen(DONE, DONE, FAILED, RUNNING, CANCELLED, accuracies=(0.9, 0.8)))
    assert [tile.seed for tile in tiles] == list(range(9))
    assert [tile.state for tile in tiles] == [DONE, DONE, FAILED, RUNNING, CANCELLED, *["waiting"] * 4]
    assert [tile.mark for tile in tiles] == ["best", "worst", "failed", *[""] * 6]
    assert [tile.value for tile in tiles[:3]] == ["0.90", "0.80", ""]
    assert tiles[0].words == "Seed 0 · test accuracy 0.90"
    assert tiles[2].words == "Seed 2 · failed: why it did" and tiles[2].is_in_trouble
    assert tiles[4].words == "Seed 4 · stopped" and not tiles[4].is_in_trouble


def test_where_all_seeds_end_alike_none_is_the_best():
    tiles = tiles_of(seen(*[DONE] * 9, accuracies=(0.97,) * 9))
    assert {(tile.mark, tile.value) for tile in tiles} == {("", "0.9700")}


def test_a_stuck_seed_is_marked_as_such():
    states = seen(DONE, DONE, accuracies=(0.9, 0.5))
    trials = tuple(
        replace(trial, figures={**trial.figures, "train_loss": loss})
        for trial, loss in zip(states.trials, (0.1, 0.6), strict=True)
    )
    stuck = replace(states, trials=trials, luck=luck_of(trials, 9, {0: 0.7, 1: 0.7}))
    first, second, *_ = tiles_of(stuck)
    assert (first.mark, second.mark) == ("best", "stuck") and second.words.endswith("stuck")


@pytest.mark.parametrize("is_plane", [True, False])
@pytest.mark.parametrize(("width", "height"), [(608, 200), (1008, 460), (500, 900), (2400, 300)])
@pytest.mark.parametrize("count", [2, 9, 16, 64])
def test_no_two_overlap_and_none_is_outside(qtbot, width: int, height: int, count: int, is_plane: bool):
    strip = SeedStrip()
    qtbot.addWidget(strip)
    strip.resize(width, height)
    strip.show_tiles([Tile(seed) for seed in range(count)], is_plane)
    places = strip.places()
    assert len(places) == count
    assert not any(one.intersects(other) for at, one in enumerate(places) for other in places[at + 1 :])
    if count <= 16:
        assert all(strip.rect().contains(place) for place in places)


def test_where_the_model_is_sure_the_plane_has_the_colour_of_the_class():
    dataset = assemble(XOR, []).data.dataset
    probability = np.zeros((100, 100, 2))
    probability[:50, :, 0] = probability[50:, :, 1] = 1.0
    field = BoundaryField((-9.0, 9.0, -9.0, 9.0), probability)
    for theme in (LIGHT, DARK):
        image = plane_image(field, dataset, theme)
        # The lowest row of the field is the lowest of the picture; a corner has no points.
        below, above = image.pixelColor(3, image.height() - 4), image.pixelColor(3, 3)
        for shown, label in ((below, 0), (above, 1)):
            distances = [
                sum(abs(a - b) for a, b in zip(shown.getRgb()[:3], class_color(one).getRgb()[:3], strict=True))
                for one in (0, 1)
            ]
            assert int(np.argmin(distances)) == label
        nobody_knows = plane_image(replace(field, probability=np.full((100, 100, 2), 0.5)), dataset, theme)
        assert nobody_knows.pixelColor(3, 3).name().upper() == theme.surface
