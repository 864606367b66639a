"""Histograms over the steps: collected in bounded memory, on one scale, drawn as they were probed."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnlab.datasets import DatasetSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.mlp import MLPSettings
from nnlab.models.model import ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import START, Selection, look
from nnlab.probes.distributions import BINS, Distributions, Histograms, histograms
from nnlab.probes.step_history import StepHistory
from nnlab.training import prepare_data
from nnlab.ui.theme import DARK
from nnlab.ui.views.distributions.distributions import DistributionsView, unit_notes
from nnlab.ui.views.distributions.ratio_plot import GUIDE
from nnlab.ui.views.distributions.rebinning import rebinning
from nnlab.ui.views.distributions.spread import Spread
from tests.models.small_runs import digits_run
from tests.ui.lone_view import Click, LoneView, prepared_for

MODEL = MLPSettings(layers=(Dense(12), ReLU(), Dense(10), Softmax()))


@pytest.fixture
def stand(qtbot: QtBot) -> LoneView:
    return LoneView(qtbot, DistributionsView(), digits_run(MODEL), MODEL, (900, 380))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, activations are looked at in every answer."""
    monkeypatch.setattr("nnlab.probes.distributions._SHARE", 1e9)


def train(stand: LoneView, steps: int) -> None:
    for _ in range(steps):
        next(stand.run)
        stand.look()


def test_a_doubled_range_merges_bins_and_loses_nothing():
    rng = np.random.default_rng(0)
    values = rng.uniform(-1, 1, 3000)
    narrow = np.histogram(values, BINS, (-1, 1))[0] / 3000
    wide = np.histogram(values, BINS, (-4, 4))[0] / 3000
    np.testing.assert_allclose(narrow @ rebinning(2, BINS), wide, atol=1e-12)


def test_a_halved_range_spreads_bins_and_drops_what_lies_outside():
    shares = np.zeros(BINS)
    shares[[0, BINS // 2]] = 0.5
    finer = shares @ rebinning(-1, BINS)
    assert finer[BINS // 2] == finer[BINS // 2 + 1] == pytest.approx(0.25)
    assert finer.sum() == pytest.approx(0.5)


def some_histograms(rng: np.random.Generator) -> Histograms:
    """Of three rows, the last of which has now and then no numbers, and whose scales move."""
    sizes = 2.0 ** rng.integers(-3, 4, 3)
    return histograms([size * rng.normal(0.5, 1, 40) * (row < 2 or rng.random() < 0.6) for row, size in enumerate(sizes)])


@pytest.mark.parametrize("rows", [[0, 1, 2], [2], []])
def test_what_is_worked_out_from_frame_to_frame_is_what_would_be_at_once(rows: list[int]):
    rng, history, kept = np.random.default_rng(3), StepHistory[Histograms](12), Spread()
    # Behind step 40 the history has been thinned; then the run goes back, and on another way.
    for step in (*range(40), 20, 21, *range(25, 60)):
        history.add(step, some_histograms(rng) if step % 5 else history.kept[-1] if history.kept else some_histograms(rng))
        at_once = Spread()
        for spread in (kept, at_once):
            spread.follow(history.kept, rows)
        assert (kept.signed, kept.exponents) == (at_once.signed, at_once.exponents)
        # A product of one row and of many may differ in its last digit.
        np.testing.assert_allclose(kept.heat.astype(int), at_once.heat.astype(int), atol=1)
        np.testing.assert_allclose(kept.now, at_once.now, atol=1e-12)
    assert kept.heat.shape == (len(history.kept) + 1, len(rows), BINS)


def test_rows_that_are_chosen_anew_are_worked_out_anew():
    rng, kept, at_once = np.random.default_rng(4), Spread(), Spread()
    answers = [some_histograms(rng) for _ in range(9)]
    kept.follow(answers, [0, 1])
    kept.follow(answers, [2, 1])
    at_once.follow(answers, [2, 1])
    np.testing.assert_allclose(kept.heat.astype(int), at_once.heat.astype(int), atol=1)


def indices_of(picture: np.ndarray, lut: np.ndarray) -> np.ndarray:
    """The table's indices behind a picture's colours, the lowest where several have one colour."""
    distance = np.abs(picture[..., None, :3].astype(int) - lut[:255, :3].astype(int)).sum(axis=-1)
    assert (distance.min(axis=-1) == 0).all()
    return distance.argmin(axis=-1)


@pytest.mark.parametrize("layers", [2, 3, 8])
@pytest.mark.parametrize("size", [(450, 181), (450, 170), (900, 380)])
def test_however_many_layers_every_row_is_inside_and_apart(qtbot: QtBot, layers: int, size: tuple[int, int]) -> None:
    model = MLPSettings((*(Dense(8), ReLU()) * (layers - 1), Dense(10), Softmax()))
    stand = LoneView(qtbot, DistributionsView(), digits_run(model), model, size)
    train(stand, 2)
    view = stand.view
    qtbot.waitUntil(lambda: abs(view.board.size[1] - view.canvas.height() + 8) <= 1)
    assert view.canvas.minimumHeight() <= size[1] - 40
    assert max(cell.heat.bottom() for cell in view.cells) <= view.board.size[1]
    assert max(cell.now.right() for cell in view.cells) <= view.board.size[0]
    for above, below in zip(view.cells, view.cells[3:], strict=False):
        assert above.heat.bottom() < below.heat.top() and above.heat.height() >= 8
    texts = view.board.texts
    assert all(f"dense{number + 1}" in texts for number in range(layers)) and "weights" in texts


def test_low_rows_with_dead_units_are_framed_and_hovering_counts_them(qtbot: QtBot) -> None:
    stand = LoneView(qtbot, DistributionsView(), digits_run(MODEL), MODEL, (450, 170))
    view = stand.view
    stand.view.take(replace(view.answer, dead=np.array([3, -1])))
    cell = next(cell for cell in view.cells if (cell.quantity, cell.row) == ("activations", 0))
    assert not cell.has_header
    assert "3 of 12 dead" in view._describe(cell, cell.heat.center())
    frames = [item for item in view.board._rectangles if item.isVisible() and item.rect() == cell.heat]
    assert [frame.pen().color().name() for frame in frames] == [view.theme.danger.lower()]


def test_cells_are_drawn_as_they_were_probed(stand: LoneView) -> None:
    train(stand, 3)
    view, answer = stand.view, stand.view.answer
    assert [(cell.quantity, cell.row) for cell in view.cells] == [
        (quantity, row) for row in (0, 1) for quantity in ("weights", "gradients", "activations")
    ]
    images = [image for image in view.board.images if image.isVisible()]
    assert len(images) == 2 * len(view.cells)
    for cell, heat, now in zip(view.cells, images[::2], images[1::2], strict=True):
        histograms_now = getattr(answer, cell.quantity)
        shares = histograms_now.shares[cell.row] @ rebinning(cell.exponent - int(histograms_now.exponent[cell.row]), BINS)
        shares = shares[cell.bins][::-1]
        column = np.floor(np.sqrt(shares / shares.max()) * 254)
        # The last column that is filled is the present step's.
        heat_indices, now_indices = (indices_of(item.image, view._lut) for item in (heat, now))
        filled = np.flatnonzero(heat_indices.any(axis=0))
        drawn = heat_indices[:, filled[-1]]
        # Neighbouring indices may have one colour.
        np.testing.assert_allclose(drawn, column, atol=2)
        # Bars are as long as their shares.
        lengths = (now_indices > 0).sum(axis=1)
        np.testing.assert_allclose(lengths, np.ceil(shares / shares.max() * now.image.shape[1]), atol=1)


def test_activations_that_are_never_negative_show_the_upper_half(stand: LoneView) -> None:
    train(stand, 2)
    is_signed = {(cell.quantity, cell.row): cell.is_signed for cell in stand.view.cells}
    assert is_signed["weights", 0] and is_signed["gradients", 1]
    assert not is_signed["activations", 0] and not is_signed["activations", 1]


def test_an_early_storm_does_not_flatten_what_follows(stand: LoneView) -> None:
    view = stand.view
    stand.run.model.parameters.values[...] *= 1000
    stand.look()
    stand.run.model.parameters.values[...] /= 1000
    train(stand, 8)
    small = histograms([stand.run.model.parameters.view("dense1.weight")]).exponent[0]
    assert view.cells[0].exponent <= small + 1


def test_the_ratios_are_those_of_the_answers(stand: LoneView) -> None:
    train(stand, 6)
    view = stand.view
    for row, line in enumerate(view.ratios.lines):
        steps, heights = line.getData()
        kept = [(step, answer.ratio[row]) for step, answer in zip(view.history.steps, view.history.kept, strict=True)]
        assert steps.tolist() == [step for step, _ in kept]
        np.testing.assert_allclose(heights, np.log10([ratio for _, ratio in kept]))
    assert view.ratios.guide.value() == GUIDE == -3
    low, high = view.ratios.getViewBox().viewRange()[1]
    assert low < np.nanmin(heights) and np.nanmax(heights) < high


def test_a_single_step_can_be_seen(qtbot: QtBot) -> None:
    late = digits_run(MODEL)
    for _ in range(5):
        next(late)
    view = LoneView(qtbot, DistributionsView(), late, MODEL, (480, 300)).view
    heat = next(cell.heat for cell in view.cells)
    # In a map of fewer pixels than spans each is at least a pixel wide.
    assert view.board.images[0].image.shape[1] <= heat.width() < 120
    steps, heights = view.ratios.lines[0].getData()
    assert steps[0] == 5 < steps[1] and heights[0] == heights[1] == np.log10(view.answer.ratio[0])


def test_dead_units_are_counted_in_words(stand: LoneView) -> None:
    stand.run.model.parameters.view("dense1.bias")[:4] = -1000
    stand.look()
    assert "4 of 12 dead" in stand.view.board.texts
    assert unit_notes(10, -1, -1) == "10 units"
    assert unit_notes(200, -1, 3) == "3 of 200 saturated"


def test_before_the_first_step_the_gradients_are_not_yet_there(stand: LoneView) -> None:
    assert stand.view.board.texts.count("none yet") == 2
    train(stand, 1)
    assert "none yet" not in stand.view.board.texts
    # As of a model out of a file: it has made steps, but what they were is not known.
    stand.run.vectors["scratch"].fill(0)
    stand.look()
    assert stand.view.board.texts.count("none yet") == 2


def test_a_layer_of_the_run_before_cannot_be_chosen_for_the_next(stand: LoneView) -> None:
    train(stand, 1)
    small = MLPSettings(layers=(Dense(10), Softmax()))
    run = digits_run(small)
    stand.run = run
    stand.view.begin(prepared_for(run, small))
    # Before the first answer nobody knows which layers there are.
    stand.view._layer.setCurrentText("dense2")
    stand.look()
    assert {cell.row for cell in stand.view.cells} == {0} and stand.view._layer.count() == 2


def test_one_layer_can_be_looked_at_alone_and_a_click_selects_it(stand: LoneView) -> None:
    view = stand.view
    view._layer.setCurrentText("dense2")
    assert {cell.row for cell in view.cells} == {1}
    center = view.cells[0].heat.center()
    view._click(Click(view.board.scene_position(center.x(), center.y())))
    assert view.selection.layer == "dense2"


def test_hovering_reads_the_bin(stand: LoneView) -> None:
    train(stand, 2)
    view, cell = stand.view, stand.view.cells[0]
    height = cell.heat.height() / BINS
    place = BINS // 2 + 3
    view._hover(view.board.scene_position(cell.heat.center().x(), cell.heat.bottom() - (place + 0.5) * height))
    share = (view.answer.weights.shares[0] @ rebinning(cell.exponent - int(view.answer.weights.exponent[0]), BINS))[place]
    assert "dense1.weight weights" in view.readout.text()
    assert f"{share:.1%} now" in view.readout.text()


def test_old_activations_are_asked_for_again(stand: LoneView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.probes.distributions._SHARE", 1e-9)
    stand.look()
    with qtbot.waitSignal(stand.view.wants_changed):
        assert not stand.look().is_fresh


def test_a_new_run_starts_a_new_history(stand: LoneView) -> None:
    train(stand, 5)
    stand.begin(digits_run(MODEL), MODEL)
    stand.look()
    assert stand.view.history.steps == [0]


def test_activations_of_another_part_are_no_part_of_the_map(stand: LoneView) -> None:
    train(stand, 4)
    view, place = stand.view, stand.view.cells[2].place
    assert view.cells[2].quantity == "activations"
    stand.select(START)
    heat = view._spread["activations"].heat[: len(view.history.kept), place]
    assert [kept.part for kept in view.history.kept] == ["validation"] and heat[-1].any()
    stand.select(Selection(part="train"))
    assert [kept.part for kept in view.history.kept] == ["train"] * 5


def test_what_is_seen_of_another_part_leaves_the_record_alone_and_has_no_stripes(stand: LoneView) -> None:
    view = stand.view
    recorded: StepHistory[Distributions] = StepHistory()
    stand.begin(stand.run, MODEL)
    view.follow(recorded)
    for step in range(1, 13):
        next(stand.run)
        recorded.add(step, look(stand.run, "distributions").value)
        if step > 4:
            stand.look()
    assert recorded.steps == list(range(1, 13)) and {kept.part for kept in recorded.kept} == {"validation"}
    # From the first step on it has weights; activations from where the part was looked at, without a gap.
    assert view.history.steps == list(range(1, 13))
    assert [kept.part for kept in view.history.kept] == ["validation"] * 4 + ["train"] * 8
    # While it cannot be seen, the record goes on.
    view.hide()
    for step in (13, 14):
        next(stand.run)
        recorded.add(step, look(stand.run, "distributions").value)
    view.show()
    next(stand.run)
    stand.look()
    assert view.history.steps == list(range(1, 16))
    stand.select(START)
    assert view.history is recorded and {kept.part for kept in recorded.kept} == {"validation"}


def test_of_a_run_that_goes_on_it_says_since_when_it_is_recorded(stand: LoneView, qtbot: QtBot) -> None:
    train(stand, 3)
    assert "recorded" not in stand.view.readout.text()
    late = digits_run(MODEL)
    for _ in range(5):
        next(late)
    opened = LoneView(qtbot, DistributionsView(), late, MODEL, (900, 380))
    assert "recorded since step 5" in opened.view.readout.text()
    train(opened, 2)
    assert "recorded since step 5" in opened.view.readout.text()


def test_a_restored_epoch_is_told_to_stand_at_the_last_step(stand: LoneView) -> None:
    train(stand, 3)
    assert stand.view._summary()[0].startswith("as of step 3 ·")
    stand.view.moment = replace(stand.view.moment, kept_epoch=2)
    assert stand.view._summary()[0].startswith("as of epoch 2, restored, stands at step 3, the last")
    stand.view.moment = replace(stand.view.moment, kept_epoch=0, is_edited=True)
    assert stand.view._summary()[0].startswith("as of step 3, edited by hand")


def test_steps_under_the_ratios_are_whole(stand: LoneView) -> None:
    train(stand, 1)
    axis = stand.view.ratios.getAxis("bottom")
    ((_, ticks),) = axis.tickValues(0, 2, 400)
    assert [float(tick) for tick in ticks] == [0, 1, 2]


@pytest.mark.parametrize(
    "model",
    [
        RBMSettings(hidden=9),
        DeepBeliefSettings(hidden=(8, 7, 6, 5, 4)),
        AutoencoderSettings(layers=(*AutoencoderSettings().layers[:-2], Dense(64))),
    ],
)
def test_every_kind_of_model_is_drawn_in_both_themes(qtbot: QtBot, model: ModelSettings) -> None:
    stand = LoneView(qtbot, DistributionsView(), digits_run(model), model, (700, 330))
    train(stand, 2)
    stand.view.apply_theme(DARK)
    stand.view.grab()
    table = stand.view.csv_columns()
    assert len({len(column) for column in table.values()}) == 1
    assert len(table["layer"]) == 3 * len(stand.view.answer.layers) * len(stand.view.history.kept)


def test_broken_weights_are_told(stand: LoneView) -> None:
    stand.run.model.parameters.values[...] = np.nan
    stand.look()
    stand.view.grab()
    assert "not finite" in stand.view.board.texts


def test_the_csv_has_the_history_and_what_is_told_beside_the_histograms(stand: LoneView) -> None:
    train(stand, 3)
    table = stand.view.csv_columns()
    assert {len(column) for column in table.values()} == {4 * 2 * 3}
    assert table["step"][:: 2 * 3] == stand.view.history.steps == [0, 1, 2, 3]
    rows = list(zip(*table.values(), strict=True))
    last = {(row[1], row[2]): dict(zip(table, row, strict=True)) for row in rows[-6:]}
    weights, activations = last["dense2", "weights"], last["dense1", "activations"]
    answer = stand.view.answer
    assert (weights["of"], weights["update / weights"]) == ("dense2.weight", answer.ratio[1])
    assert (activations["of"], activations["units"], activations["dead"]) == ("relu1", 12, answer.dead[0])
    assert activations["saturated"] == activations["update / weights"] == weights["units"] == ""
    reach = 2.0 ** answer.weights.exponent[1]
    assert (weights["low"], weights["high"]) == (-reach, reach)
    np.testing.assert_array_equal([weights[f"bin {bin} of {BINS}"] for bin in range(1, BINS + 1)], answer.weights.shares[1])
    # Of the first step there was no update yet.
    assert rows[0][list(table).index("update / weights")] == ""


def test_what_stands_for_weights_that_a_layer_does_not_have_is_named(qtbot: QtBot) -> None:
    tied = AutoencoderSettings(layers=(Dense(8), Sigmoid(), Code(), Dense(64), Sigmoid()), tied=True)
    stand = LoneView(qtbot, DistributionsView(), digits_run(tied), tied, (1200, 380))
    stand.look()
    assert "dense2 = dense1ᵀ" in stand.view.board.texts and "dense1" in stand.view.board.texts
    normalised = MLPSettings(layers=(Dense(12), BatchNorm(), ReLU(), Dense(10), Softmax()))
    stand = LoneView(qtbot, DistributionsView(), digits_run(normalised), normalised, (1200, 380))
    stand.look()
    assert "batch_norm1.scale" in stand.view.board.texts


def test_it_is_told_which_part_the_activations_are_of(stand: LoneView) -> None:
    assert "training examples" in stand.view.readout.text()
    stand.select(START)
    assert "validation examples" in stand.view.readout.text()
    run = digits_run(MODEL)
    run.data = prepare_data(run.data.dataset, DatasetSettings(validation=0.0))
    stand.begin(run, MODEL)
    stand.look()
    stand.select(START)
    assert "activations of 40 test examples" in stand.view.readout.text()
