"""Every loss, from its row in LOSS_CASES; then what only some losses promise."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pytest

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.layers import Pass, Workspace
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES, BatchLoss, CrossEntropy, Huber, Loss, encode_targets, predicted_labels
from nnlab.models.losses.check import check_loss
from tests.models.cases import batch_innermost
from tests.sentences import assert_one_sentence
from tests.targets import numbered

BATCH = 6


@dataclass(frozen=True)
class LossCase:
    """A loss, the number of outputs it judges, and how many classes its labels have (None: targets are values)."""

    loss: str
    outputs: int
    classes: int | None

    def __str__(self) -> str:
        return f"{self.loss} of {self.outputs} outputs, {'values' if self.classes is None else 'labels'}"

    def batch(self, count: int = BATCH, seed: int = 0) -> tuple[Array, Array]:
        """Outputs of a network, or the logits below a fused layer, and targets."""
        rng = np.random.default_rng(seed)
        outputs = rng.normal(0, 2, (count, self.outputs))
        if self.classes is None:
            return outputs, rng.uniform(0, 1, (count, self.outputs))
        return outputs, rng.integers(0, self.classes, count)


LOSS_CASES = [
    LossCase("cross_entropy", 2, 2),
    LossCase("cross_entropy", 5, 5),
    LossCase("mean_squared_error", 4, 4),
    LossCase("mean_squared_error", 1, 2),
    LossCase("mean_squared_error", 3, None),
    LossCase("binary_cross_entropy", 4, 4),
    LossCase("binary_cross_entropy", 1, 2),
    LossCase("binary_cross_entropy", 3, None),
    LossCase("huber", 4, 4),
    LossCase("huber", 1, 2),
    LossCase("huber", 3, None),
    LossCase("hinge", 5, 5),
    LossCase("one_vs_rest_hinge", 5, 5),
]


def judge(loss: Loss, outputs: Array, targets: Array) -> tuple[BatchLoss, Array]:
    """The loss and its gradient, in a workspace of its own."""
    work = Workspace("loss", {}, {}, {}, outputs.dtype, Pass(training=True))
    return loss.forward(outputs, targets, work), loss.backward(outputs, targets, work)


def loss_of(case: LossCase) -> Loss:
    return LOSSES[case.loss]


@pytest.fixture(params=LOSS_CASES, ids=str)
def case(request: pytest.FixtureRequest) -> LossCase:
    return request.param


def test_every_loss_has_a_row():
    assert {case.loss for case in LOSS_CASES} == set(LOSSES)


@pytest.mark.parametrize("numbers", ["defaults", "own numbers"])
def test_the_numpy_line_gives_the_loss_of_the_outputs_behind_the_last_layer(case: LossCase, numbers: str):
    loss = loss_of(case) if numbers == "defaults" else with_own_numbers(loss_of(case))
    outputs, targets = case.batch()
    y = outputs if loss.fused_with is None else eval(loss.fused_with().numpy_line(()), {"np": np, "x": outputs})
    work = Workspace("loss", {}, {}, {}, outputs.dtype, Pass())
    t = encode_targets(targets, outputs, work) if loss.averages_outputs else targets
    line = loss.numpy_line()
    assert "\n" not in line
    assert eval(line, {"np": np, "y": y, "t": t}) == pytest.approx(judge(loss, outputs, targets)[0].loss, rel=1e-10)


def with_own_numbers(loss: Loss) -> Loss:
    return replace(loss, **dict.fromkeys((entry.name for entry in fields(loss)), 0.3))


def test_a_loss_averages_over_outputs_if_more_alike_ones_change_nothing(case: LossCase):
    outputs, targets = case.batch()
    if case.classes is not None:
        targets = np.eye(case.outputs)[targets] if loss_of(case).averages_outputs and case.outputs > 1 else targets
    if targets.ndim == 1:
        assert not loss_of(case).averages_outputs or case.outputs == 1
        return
    once = judge(loss_of(case), outputs, targets)[0].loss
    twice = judge(loss_of(case), np.tile(outputs, 2), np.tile(targets, 2))[0].loss
    assert once == pytest.approx(twice)


def test_what_needs_scores_is_zero_only_where_they_are_a_margin_apart(case: LossCase):
    loss, targets = loss_of(case), case.batch()[1]
    if case.classes is None or loss.fused_with is not None:
        return
    best = np.eye(max(case.outputs, 2))[targets][:, -case.outputs :]
    closest = min(judge(loss, size * best - shift, targets)[0].loss for size in (0.5, 0.9) for shift in (0.0, size / 2))
    assert loss.needs_scores == (closest > 0.05 and judge(loss, 4.0 * best - 2.0, targets)[0].loss == 0)


def test_the_range_of_targets_is_where_the_loss_has_a_lowest_point(case: LossCase):
    loss = loss_of(case)
    if case.classes is not None:
        return
    z, t = np.array([[1e3, -1e3]]), np.array([[1.5, -0.5]])
    assert (loss.target_range == (0.0, 1.0)) == (judge(loss, z, t)[0].loss < -100)


def test_the_gradient_equals_central_differences(case: LossCase):
    outputs, targets = case.batch()
    gradient = judge(loss_of(case), outputs, targets)[1].copy()
    for position in np.ndindex(outputs.shape):
        moved = np.zeros_like(outputs)
        moved[position] = 1e-6
        above = judge(loss_of(case), outputs + moved, targets)[0].loss
        below = judge(loss_of(case), outputs - moved, targets)[0].loss
        assert gradient[position] == pytest.approx((above - below) / 2e-6, rel=1e-5, abs=1e-9)


def test_the_loss_of_a_batch_is_the_mean_of_its_examples(case: LossCase):
    outputs, targets = case.batch()
    single = [judge(loss_of(case), outputs[i : i + 1], targets[i : i + 1])[0].loss for i in range(BATCH)]
    assert judge(loss_of(case), outputs, targets)[0].loss == pytest.approx(np.mean(single), rel=1e-12)


def test_neither_outputs_nor_targets_are_modified(case: LossCase):
    outputs, targets = case.batch()
    outputs.flags.writeable = targets.flags.writeable = False
    judge(loss_of(case), outputs, targets)
    np.testing.assert_array_equal(outputs, case.batch()[0])
    np.testing.assert_array_equal(targets, case.batch()[1])


def test_the_order_in_memory_changes_no_number(case: LossCase):
    outputs, targets = case.batch()
    plain, gradient = judge(loss_of(case), outputs, targets)
    other, other_gradient = judge(loss_of(case), batch_innermost(outputs), targets)
    assert other.loss == pytest.approx(plain.loss, rel=1e-12)
    assert other.score_sum == plain.score_sum
    np.testing.assert_allclose(other_gradient, gradient, rtol=1e-12, atol=1e-15)


def test_a_second_batch_is_judged_as_if_it_were_the_first(case: LossCase):
    work = Workspace("loss", {}, {}, {}, np.float64, Pass(training=True))
    for seed in (1, 2):
        outputs, targets = case.batch(seed=seed)
        result = loss_of(case).forward(outputs, targets, work)
        gradient = loss_of(case).backward(outputs, targets, work)
        fresh, fresh_gradient = judge(loss_of(case), outputs, targets)
        assert result == fresh
        np.testing.assert_array_equal(gradient, fresh_gradient)


def test_single_precision_agrees_with_double(case: LossCase):
    outputs, targets = case.batch()
    targets32 = targets if case.classes else targets.astype(np.float32)
    single, gradient32 = judge(loss_of(case), outputs.astype(np.float32), targets32)
    double, gradient64 = judge(loss_of(case), outputs, targets)
    assert gradient32.dtype == np.float32
    assert single.loss == pytest.approx(double.loss, rel=1e-5)
    np.testing.assert_allclose(gradient32, gradient64, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_ten_thousand_neither_overflow_nor_vanish(case: LossCase, dtype):
    _, targets = case.batch()
    values = targets if case.classes else targets.astype(dtype)
    signs = np.random.default_rng(3).choice([-1, 1], (BATCH, case.outputs))
    result, gradient = judge(loss_of(case), (1e4 * signs).astype(dtype), values)
    assert np.isfinite(result.loss)
    assert np.isfinite(gradient).all()


def test_the_right_answers_are_counted_also_where_scores_tie(case: LossCase):
    for seed in range(50):
        rng = np.random.default_rng(seed)
        # Three possible scores: most rows have a tie, many a tie at the top.
        outputs = rng.choice([-1.0, 0.0, 1.0], (BATCH, case.outputs))
        if case.classes is None:
            assert judge(loss_of(case), outputs, case.batch()[1])[0].score_sum is None
            continue
        labels = rng.integers(0, case.classes, BATCH)
        if case.outputs == 1:
            named = [row[0] > loss_of(case).threshold for row in outputs]
        else:
            named = [list(row).index(max(row)) for row in outputs]
        assert judge(loss_of(case), outputs, labels)[0].score_sum == sum(named == labels)


def test_a_score_that_is_not_a_number_makes_the_loss_not_a_number(case: LossCase):
    outputs, targets = case.batch()
    outputs[2, 0] = np.nan
    with np.errstate(invalid="ignore"):
        assert not np.isfinite(judge(loss_of(case), outputs, targets)[0].loss)


def test_cross_entropy_by_hand():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.25, 0.5, 0.25]])
    result, gradient = judge(LOSSES["cross_entropy"], np.log(probabilities) + 5, np.array([0, 2]))
    assert result == BatchLoss(pytest.approx(-(np.log(0.7) + np.log(0.25)) / 2), 1)
    np.testing.assert_allclose(gradient, [[-0.15, 0.1, 0.05], [0.125, 0.25, -0.375]])


def test_cross_entropy_of_a_hopeless_score_is_the_distance_not_infinity():
    result, gradient = judge(LOSSES["cross_entropy"], np.array([[1e4, -1e4]], np.float32), np.array([1]))
    assert result.loss == pytest.approx(2e4)
    np.testing.assert_allclose(gradient, [[1, -1]])


def test_mean_squared_error_by_hand():
    result, gradient = judge(LOSSES["mean_squared_error"], np.array([[1.0, 0], [0.5, 0]]), np.array([0, 1]))
    assert result == BatchLoss(pytest.approx((0 + 0 + 0.25 + 1) / 4), 1)
    np.testing.assert_allclose(gradient, [[0, 0], [0.25, -0.5]])


def test_binary_cross_entropy_by_hand():
    result, gradient = judge(LOSSES["binary_cross_entropy"], np.log([[0.8 / 0.2], [0.4 / 0.6]]), np.array([1, 1]))
    assert result == BatchLoss(pytest.approx(-(np.log(0.8) + np.log(0.4)) / 2), 1)
    np.testing.assert_allclose(gradient, [[-0.1], [-0.3]])


def test_huber_by_hand():
    result, gradient = judge(Huber(delta=2.0), np.array([[1.5, -3.0]]), np.array([[1.0, 0.0]]))
    assert result.loss == pytest.approx((0.5**2 / 2 + 2 * (3 - 1)) / 2)
    np.testing.assert_allclose(gradient, [[0.25, -1]])


def test_hinge_by_hand():
    scores = np.array([[2.0, 1.5, -1], [0, 3, 1]])
    result, gradient = judge(LOSSES["hinge"], scores, np.array([0, 1]))
    assert result == BatchLoss(pytest.approx(0.5 / 2), 2)
    np.testing.assert_allclose(gradient, [[-0.5, 0.5, 0], [0, 0, 0]])


def test_one_vs_rest_hinge_by_hand():
    scores = np.array([[2.0, 0.5, -1], [0, 0.25, -3]])
    result, gradient = judge(LOSSES["one_vs_rest_hinge"], scores, np.array([0, 1]))
    assert result == BatchLoss(pytest.approx((1.5 + 1 + 0.75) / 2), 2)
    np.testing.assert_allclose(gradient, [[0, 0.5, 0], [0.5, -0.5, 0]])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_smoothed_labels_by_hand(smoothing: float):
    logits, labels = np.random.default_rng(0).normal(size=(6, 4)), np.arange(6) % 4
    wanted = (1 - smoothing) * np.eye(4)[labels] + smoothing / 4
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    result, gradient = judge(CrossEntropy(label_smoothing=smoothing), logits, labels)
    assert result.loss == pytest.approx(-(wanted * np.log(probabilities)).sum() / 6)
    np.testing.assert_allclose(gradient, (probabilities - wanted) / 6, atol=1e-15)


@pytest.mark.parametrize(("threshold", "expected"), [(0.5, [0, 1, 0]), (0.0, [0, 1, 1])])
def test_a_single_output_names_class_one_above_the_threshold(threshold: float, expected: list[int]):
    np.testing.assert_array_equal(predicted_labels(np.array([[-1.0], [0.9], [0.3]]), threshold), expected)


@pytest.mark.parametrize(
    ("loss", "layers", "words"),
    [
        ("cross_entropy", (Dense(3),), ("cross_entropy", "'dense'", "'softmax'", "mean_squared_error")),
        ("cross_entropy", (Dense(3), Sigmoid()), ("'sigmoid'", "'softmax'", "mean_squared_error", "binary_cross_entropy")),
        ("binary_cross_entropy", (Dense(3), Softmax()), ("'softmax'", "'sigmoid'", "cross_entropy")),
        ("binary_cross_entropy", (Dense(3), ReLU()), ("'relu'", "'sigmoid'")),
    ],
)
def test_a_loss_refuses_a_final_layer_it_does_not_fit_and_says_what_fits(loss, layers, words):
    with pytest.raises(ShapeError) as caught:
        check_loss(LOSSES[loss], layers, (3,), numbered(3))
    assert_one_sentence(caught.value, *words)


@pytest.mark.parametrize(
    ("loss", "last", "outputs", "classes", "words"),
    [
        ("cross_entropy", Softmax(), 4, 3, ("4 outputs", "3 classes", "3 units")),
        ("cross_entropy", Softmax(), 3, 2, ("3 outputs", "2 classes", "2 units")),
        ("mean_squared_error", Sigmoid(), 3, 2, ("2 or 1 units",)),
        ("binary_cross_entropy", Sigmoid(), 1, 3, ("1 output ", "3 classes", "3 units")),
    ],
)
def test_a_wrong_number_of_outputs_says_how_many_units_fit(loss, last, outputs, classes, words):
    with pytest.raises(ShapeError) as caught:
        check_loss(LOSSES[loss], (Dense(outputs), last), (outputs,), numbered(classes))
    assert_one_sentence(caught.value, *words)


@pytest.mark.parametrize("loss", ["mean_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("outputs", [1, 2])
def test_two_classes_need_two_outputs_or_one(loss: str, outputs: int):
    check_loss(LOSSES[loss], (Dense(outputs), Sigmoid()), (outputs,), numbered(2))


@pytest.mark.peers
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("loss", "peer"), [(LOSSES["mean_squared_error"], "mse_loss"), (Huber(delta=0.7), "huber_loss")])
def test_losses_of_values_and_their_gradients_are_pytorchs(loss: Loss, peer: str, count: int):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(count)
    outputs, targets = rng.normal(size=(2, 9, count))
    theirs = torch.tensor(outputs, requires_grad=True)
    options = {"delta": 0.7} if peer == "huber_loss" else {}
    expected = getattr(torch.nn.functional, peer)(theirs, torch.tensor(targets), **options)
    expected.backward()
    result, gradient = judge(loss, outputs, targets)
    assert result.loss == pytest.approx(expected.item(), rel=1e-12) and result.score_sum is None
    np.testing.assert_allclose(gradient, theirs.grad.numpy(), rtol=1e-12)
