"""What can be chosen about training: the [training] table."""

from dataclasses import dataclass, fields, replace
from typing import ClassVar

from nnlab.models.optimizers import OPTIMIZERS, Adam, AdamW, Momentum, Optimizer, RMSProp
from nnlab.models.schedules import SCHEDULES
from nnlab.settings import Settings, describe, setting


def _of_optimizer(rule: type[Optimizer], name: str) -> object:
    """The optimizer's own field, shown while an optimizer that has it is chosen."""
    entry = next(entry for entry in fields(rule) if entry.name == name)
    description = vars(describe(entry)) | {
        "shown": lambda settings: name in {own.name for own in fields(OPTIMIZERS[settings.optimizer])}
    }
    return setting(entry.default, **description)


@dataclass(frozen=True)
class TrainingSettings(Settings):
    """How a model learns. Live settings apply at the next step, the others at the next reset."""

    section: ClassVar[str] = "training"

    optimizer: str = setting(
        "momentum",
        "Optimizer",
        choices=tuple(OPTIMIZERS),
        help="sgd: p ← p − lr g. momentum: v ← μ v + g, p ← p − lr v. nesterov: p ← p − lr (g + μ v). "
        "rmsprop: p ← p − lr g / (√v + ε). adagrad: the same with v the sum of all g². "
        "adam: p ← p − lr m̂ / (√v̂ + ε). adamw: adam, with the weights decayed apart from the gradient.",
    )
    learning_rate: float = setting(
        0.05, "Learning rate", above=0.0, maximum=1000.0, live=True, help="lr: how far one step follows the gradient."
    )
    momentum: float = _of_optimizer(Momentum, "momentum")  # type: ignore[assignment]
    beta1: float = _of_optimizer(Adam, "beta1")  # type: ignore[assignment]
    beta2: float = _of_optimizer(Adam, "beta2")  # type: ignore[assignment]
    epsilon: float = _of_optimizer(Adam, "epsilon")  # type: ignore[assignment]
    smoothing: float = _of_optimizer(RMSProp, "smoothing")  # type: ignore[assignment]
    weight_decay: float = _of_optimizer(AdamW, "weight_decay")  # type: ignore[assignment]
    schedule: str = setting(
        "constant",
        "Schedule",
        choices=tuple(SCHEDULES),
        live=True,
        help="constant: lr. step: lr · decay^⌊epoch / every⌋. exponential: lr · decay^epoch. "
        "cosine: lr · (1 + cos(π epoch / epochs)) / 2. plateau: a drop when validation does not improve.",
    )
    decay: float = setting(
        0.5,
        "Decay",
        above=0.0,
        maximum=1.0,
        live=True,
        shown=lambda settings: settings.schedule in ("step", "exponential", "plateau"),
        help="Factor on the learning rate, at every drop (step) or every epoch (exponential).",
    )
    decay_every: int = setting(
        5,
        "Drop every",
        unit="epochs",
        minimum=1,
        maximum=100_000,
        live=True,
        shown=lambda settings: settings.schedule in ("step", "plateau"),
        help="step: epochs between drops of the learning rate. plateau: epochs without a lower validation loss before one.",
    )
    warmup: float = setting(
        0.0,
        "Warm-up",
        unit="epochs",
        minimum=0.0,
        maximum=1000.0,
        live=True,
        help="The rate grows linearly from 0 over so many epochs, then follows the schedule.",
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
        help="Examples per step; the gradient is their mean.",
    )
    shuffle: bool = setting(
        True, "Shuffle", live=True, help="Visit the examples in a new order each epoch, drawn from (seed, epoch)."
    )
    epochs: int = setting(
        20, "Epochs", minimum=1, maximum=1_000_000, live=True, help="How often every training example is seen."
    )
    steps: int = setting(
        0, "Step limit", minimum=0, maximum=2**31 - 1, live=True, help="Stop after so many updates; 0 goes by epochs alone."
    )
    l2: float = setting(
        0.0,
        "L2",
        minimum=0.0,
        maximum=100.0,
        live=True,
        help="Weight decay: adds l2 / 2 · Σ w² to the loss, l2 · w to the gradient.",
    )
    l1: float = setting(
        0.0, "L1", minimum=0.0, maximum=100.0, live=True, help="Adds l1 · Σ |w| to the loss, l1 · sign(w) to the gradient."
    )
    clip_norm: float = setting(
        0.0,
        "Clip gradient",
        minimum=0.0,
        maximum=1e6,
        live=True,
        help="Scales the gradient down where its norm is larger than this; 0 never does.",
    )
    patience: int = setting(
        0,
        "Patience",
        unit="epochs",
        minimum=0,
        maximum=100_000,
        live=True,
        help="Early stopping: end after so many epochs without a lower validation loss; 0 never does.",
    )
    keep: str = setting(
        "best",
        "Keep",
        choices=("best", "last"),
        live=True,
        help="Which parameters stay at the end: those of the epoch with the lowest validation loss, or the last.",
    )
    seed: int = setting(
        0, "Seed", minimum=0, maximum=2**31 - 1, help="Decides the starting weights and every random choice of training."
    )

    def optimizer_rule(self) -> Optimizer:
        """The chosen optimizer with its own numbers."""
        rule = OPTIMIZERS[self.optimizer]
        return rule(**{entry.name: getattr(self, entry.name) for entry in fields(rule)})

    def effective_batch_size(self, examples: int) -> int:
        """Examples per step, for so many training examples."""
        sizes = {"mini-batch": self.batch_size, "full-batch": examples, "single-sample": 1}
        return min(sizes[self.batching], examples)

    def with_live(self, other: "TrainingSettings") -> "TrainingSettings":
        """These settings with the other's live ones."""
        live = {entry.name: getattr(other, entry.name) for entry in fields(self) if describe(entry).live}
        return replace(self, **live)

    def needs_reset(self, other: "TrainingSettings") -> bool:
        """Whether going over to the other settings takes a fresh start."""
        return any(
            getattr(self, entry.name) != getattr(other, entry.name) for entry in fields(self) if not describe(entry).live
        )
