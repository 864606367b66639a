"""What every kind of model promises: its settings build it, and it answers one question about a batch."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from nnlab.errors import SettingError, ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.losses import BatchLoss
from nnlab.models.parameters import Parameters
from nnlab.models.plan import LayerPlan
from nnlab.settings import Settings
from nnlab.targets import Targets, Values

_MOST_LAYERS = 1000
# 2 GB of float32; training needs about five times as much.
_MOST_PARAMETERS = 500_000_000


def check_layer_count(count: int) -> None:
    """Raise SettingError for a file of so many layers that building them alone would take minutes."""
    if count > _MOST_LAYERS:
        raise SettingError(f"model: {count:,} layers; nnlab builds up to {_MOST_LAYERS:,}, use fewer")


class Model(Protocol):
    """A batch comes in, its loss and gradient come out. One loop and one family of optimizers train every model."""

    parameters: Parameters
    buffers: Parameters
    input_shape: Shape

    @property
    def mixes_examples(self) -> bool:
        """Whether in training what is learned from an example depends on the others of its batch."""
        ...

    @property
    def exchanged_numbers(self) -> int:
        """How many numbers at most the parts of a batch tell each other at a time where examples mix; 0: it has no parts."""
        ...

    @property
    def held_numbers(self) -> int:
        """How many numbers a training step keeps for each example of a batch."""
        ...

    def place_numbers(self, values: Array, gradient: Array, buffers: Array) -> None:
        """From now on the parameters, their gradient and the buffers are these vectors, and what stands in them."""
        ...

    def release_memory(self) -> None:
        """Let go of all arrays of the size of a batch; they are made again when they are needed."""
        ...

    @property
    def is_pretraining(self) -> bool:
        """Whether what is learned now is not yet what the loss on held-back data judges."""
        ...

    @property
    def phase_text(self) -> str:
        """What is being learned at present, where that is not all."""
        ...

    def begin(self, inputs: Array, epoch: int, is_start: bool) -> bool:
        """Called with some training inputs before the first step of an epoch, and where a saved run goes on within one.

        True asks for a fresh optimizer.
        """
        ...

    def loss_and_gradient(self, inputs: Array, targets: Array, step: int = 0, exchange: Exchange = WHOLE_BATCH) -> BatchLoss:
        """The mean loss of a batch, or of a part of it; the gradient is written to parameters.gradient."""
        ...

    def differentiable_loss(self, inputs: Array, targets: Array) -> float:
        """What a gradient check compares: a loss whose exact gradient goes to parameters.gradient."""
        ...

    def evaluate(self, inputs: Array, targets: Array) -> tuple[BatchLoss, Array | None]:
        """The mean loss as in prediction, and what is predicted, if anything is: labels (N,) or values (N, K)."""
        ...

    def replica(self, dtype: Any = None) -> "Model":
        """The same model with the same numbers in memory of its own."""
        ...


class Phase(NamedTuple):
    """A stretch of training in which one loss is descended: from which epoch on, counted from 0, and what it is called."""

    epoch: int = 0
    name: str = ""
    loss_title: str = "loss"
    validation_title: str = "loss"

    @property
    def axis_title(self) -> str:
        """Of an axis that shows both."""
        same = self.loss_title == self.validation_title
        return self.loss_title if same else f"{self.loss_title}, validation {self.validation_title}"


ONE_PHASE = (Phase(),)


def phase_at(phases: tuple[Phase, ...], done: float) -> Phase:
    """The phase to which a step belongs after which so many epochs are done, the last with fractions."""
    return next((phase for phase in reversed(phases) if done > phase.epoch), phases[0])


@dataclass(frozen=True)
class ModelSettings(Settings):
    """The [model] table of one kind of model."""

    section: ClassVar[str] = "model"
    kind: ClassVar[str]
    title: ClassVar[str]
    # Whether it predicts the data's targets: then there is a score, and the number of outputs follows the data.
    predicts_targets: ClassVar[bool] = True
    # Whether these may be values, and not classes alone.
    predicts_values: ClassVar[bool] = False
    # What the model can do besides, once it is built (capabilities.py).
    has_code: ClassVar[bool] = False
    reconstructs: ClassVar[bool] = False
    gives_samples: ClassVar[bool] = False
    has_energy: ClassVar[bool] = False
    # The kinds of layers that a person may list; none where the layers follow from the other settings.
    layer_kinds: ClassVar[tuple[str, ...]] = ()
    # The figure that training is watched by: the loss it descends, or another where that cannot be computed.
    loss_title: ClassVar[str] = "loss"
    loss_help: ClassVar[str] = ""

    @property
    def has_likelihood(self) -> bool:
        """Whether the likelihood of examples can be estimated."""
        return False

    def with_fitting_outputs(self, example_shape: Shape, targets: Targets) -> Self:
        """The same settings with as many outputs as this data needs, where they do not follow by themselves."""
        return self

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of its training, in order."""
        return (Phase(loss_title=self.loss_title, validation_title=self.loss_title),)

    def check(self, example_shape: Shape, targets: Targets) -> None:
        """Raise ShapeError where the model does not fit the data, or is too large or empty; nothing is built."""
        self.check_targets(targets)
        count = self.parameter_count(example_shape, targets)
        if count == 0:
            raise ShapeError("the model has nothing to learn; add a dense layer")
        if count > _MOST_PARAMETERS:
            raise ShapeError(
                f"the model would have {count:,} parameters; nnlab builds up to {_MOST_PARAMETERS:,}, use fewer units"
            )

    def check_targets(self, targets: Targets) -> None:
        """Raise ShapeError where there is nothing to tell, or something that this kind of model does not."""
        if not self.predicts_targets:
            return
        if isinstance(targets, Values):
            if not self.predicts_values:
                raise ShapeError(
                    f"the data's targets are {targets.words}, and a model of kind {self.kind} tells classes apart; "
                    "choose the kind mlp, or dataset.source.target = 'classes'"
                )
        elif targets is None or targets.count < 2:
            held = "no labels" if targets is None else "one class alone"
            raise ShapeError(
                f"the data has {held}, and a classifier needs at least 2 classes; choose an autoencoder or an RBM, "
                "which learn without labels, or other data (dataset.source.label names a table's column of classes)"
            )

    def parameter_count(self, example_shape: Shape, targets: Targets) -> int:
        """How many numbers the model would learn on this data; nothing is built."""
        raise NotImplementedError

    def buffer_count(self, example_shape: Shape) -> int:
        """How many numbers the model would keep without learning them by gradient; nothing is built."""
        return 0

    def smallest_batch(self, example_shape: Shape) -> int:
        """How many examples a batch must have for the model to learn from it."""
        return 1

    @property
    def mixes_examples(self) -> bool:
        """Whether in training what is learned from an example depends on the others of its batch."""
        return False

    def held_numbers(self, example_shape: Shape, targets: Targets) -> int:
        """How many numbers a training step would keep for each example of a batch; nothing is built."""
        raise NotImplementedError

    def plan(self, example_shape: Shape, targets: Targets) -> tuple[LayerPlan, ...]:
        """Its layers in order, with what a training step takes for each; nothing is built, and what does not fit is told."""
        raise NotImplementedError

    def build(self, example_shape: Shape, targets: Targets, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> Model:
        """The model, with its weights drawn from the seed."""
        raise NotImplementedError

    def act_on(self, model: Model) -> None:
        """Have a model go by these settings from the next step on; those it was built by differ in live ones alone."""

    def to_table(self) -> dict[str, Any]:
        """As it stands in an experiment file: the kind, then what matters for the present choices."""
        plain = super().to_table()
        hidden = set(plain) - {entry.name for entry in self.shown_fields()}
        defaults = {name: entry.default for name, entry in type(self).__dataclass_fields__.items()}
        kept = {name: value for name, value in plain.items() if name not in hidden or getattr(self, name) != defaults[name]}
        return {"kind": self.kind} | kept
