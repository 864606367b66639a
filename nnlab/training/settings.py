"""What can be chosen about training: the [training] table."""

from dataclasses import dataclass
from typing import ClassVar

from nnlab.models.optimizers import OPTIMIZERS, Momentum, Optimizer
from nnlab.models.regularizers import PENALTIES, NoPenalty, Penalty
from nnlab.models.schedules import SCHEDULES, Constant, Schedule
from nnlab.settings import Settings, choice, choices, setting
from nnlab.training.breakpoints import BREAKPOINTS, Breakpoint


@dataclass(frozen=True)
class TrainingSettings(Settings):
    """How a model learns. Live settings apply at the next step, the others at the next reset."""

    section: ClassVar[str] = "training"
    foremost: ClassVar[tuple[str, ...]] = ("learning_rate", "batch_size", "epochs", "batching")

    optimizer: Optimizer = choice(
        OPTIMIZERS,
        Momentum(),
        "Optimizer",
        help="sgd: p ← p − lr g. momentum: v ← μ v + g, p ← p − lr v. nesterov: p ← p − lr (g + μ v). "
        "rmsprop: p ← p − lr g / (√v + ε). adagrad: the same with v the sum of all g². "
        "adam: p ← p − lr m̂ / (√v̂ + ε). adamw: adam, with the weights decayed apart from the gradient.",
    )
    learning_rate: float = setting(
        0.05,
        "Learning rate",
        above=0.0,
        maximum=1000.0,
        live=True,
        help="p ← p − lr · u: how far one step goes.\nu is what the optimizer makes of the gradient g; with sgd u = g.",
    )
    schedule: Schedule = choice(
        SCHEDULES,
        Constant(),
        "Schedule",
        live=True,
        help="\n".join(f"{name}: {rule.formula}" for name, rule in SCHEDULES.items()),
    )
    warmup: float = setting(
        0.0,
        "Warm-up",
        unit="epochs",
        minimum=0.0,
        maximum=1000.0,
        zero="off",
        live=True,
        help="lr · min(e / warm-up, 1), e the epochs done: the rate grows linearly from 0, then follows the schedule.",
    )
    batching: str = setting(
        "mini-batch",
        "Batches",
        choices=("mini-batch", "full-batch", "single-sample"),
        live=True,
        help="mini-batch: a step per batch. full-batch: one step per epoch, on all examples. "
        "single-sample: a step per example.",
    )
    batch_size: int = setting(
        64,
        "Batch size",
        minimum=1,
        maximum=1_000_000,
        live=True,
        shown=lambda settings: settings.batching == "mini-batch",
        help="g = 1/B Σ ∂loss/∂p over the B examples of a batch: so many are seen per step.",
    )
    shuffle: bool = setting(
        True, "Shuffle", live=True, help="Visit the examples in a new order each epoch, drawn from (seed, epoch)."
    )
    epochs: int = setting(
        20,
        "Epochs",
        minimum=1,
        maximum=1_000_000,
        live=True,
        help="How often every training example is seen: steps = epochs · ⌈examples / batch size⌉.",
    )
    steps: int = setting(
        0,
        "Step limit",
        minimum=0,
        maximum=2**31 - 1,
        zero="off",
        live=True,
        help="Stop after so many updates; off goes by epochs alone.",
    )
    penalty: Penalty = choice(
        PENALTIES,
        NoPenalty(),
        "Penalty",
        live=True,
        help="Added to the loss, over the weights w but not the biases.\n"
        + "\n".join(f"{name}: {rule.formula}" for name, rule in PENALTIES.items()),
    )
    clip_norm: float = setting(
        0.0,
        "Clip gradient",
        minimum=0.0,
        maximum=1e6,
        zero="off",
        live=True,
        help="g ← g · min(1, clip / ‖g‖): scales the gradient down where its norm is larger than this; off never does.",
    )
    patience: int = setting(
        0,
        "Patience",
        unit="epochs",
        minimum=0,
        maximum=100_000,
        zero="off",
        live=True,
        help="Early stopping: end after so many epochs without a lower validation loss; off never does.",
    )
    keep: str = setting(
        "best",
        "Final model",
        choices=("best", "last"),
        live=True,
        help="Which parameters stay at the end: those of the epoch with the lowest validation loss, or the last.",
    )
    stop_when: tuple[Breakpoint, ...] = choices(
        BREAKPOINTS,
        "Stop when",
        live=True,
        help="Breakpoints: training stops when one of these becomes true, and can go on from there. They change no number.",
    )
    seed: int = setting(
        0, "Seed", minimum=0, maximum=2**31 - 1, help="Decides the starting weights and every random choice of training."
    )

    @property
    def update_passes(self) -> int:
        """How many times a step passes over the parameters, once it has their gradient."""
        return self.optimizer.passes + self.penalty.passes + (2 if self.clip_norm else 0)

    def effective_batch_size(self, examples: int) -> int:
        """Examples per step, for so many training examples."""
        sizes = {"mini-batch": self.batch_size, "full-batch": examples, "single-sample": 1}
        return min(sizes[self.batching], examples)
