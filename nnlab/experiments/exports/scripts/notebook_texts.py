"""What stands above a cell of a notebook: the equations of a layer, a loss or an optimizer, from its own class."""

import inspect
import textwrap
from collections.abc import Mapping

from nnlab.experiments.exports.scripts.program import Part
from nnlab.models.layers import LAYERS
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.schedules import SCHEDULES

# By the folder of a piece: what its own class is called, and says of itself.
_OWN: Mapping[str, Mapping[str, type]] = {
    "layers": LAYERS,
    "losses": {kind: type(loss) for kind, loss in LOSSES.items()},
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
}


# These are described by themselves.
_MODELS = ("machine", "network", "stack")


def described(part: Part) -> str:
    """A heading and what the class of the engine says that a part stands for; "" of one that stands for none."""
    folder, _, kind = part.module.partition(".")
    if part.module in _MODELS and part.name[0].isupper():
        return f"### {part.name}\n\n{_in_markdown(part.docstring)}"
    own = _OWN.get(folder, {}).get(kind)
    # A piece may have more than what it is named after.
    if own is None or part.name not in (own.__name__, "judge", "Optimizer", "learning_rate"):
        return ""
    formula = getattr(own, "formula", "")
    texts = (f"### {getattr(own, 'title', own.__name__)}", f"    {formula}" if formula else "")
    return "\n\n".join(filter(None, (*texts, _in_markdown(inspect.getdoc(own) or ""))))


def _in_markdown(text: str) -> str:
    """A docstring: sentences as they are, equations set apart as they stand."""
    return "\n\n".join(_paragraph(paragraph) for paragraph in text.split("\n\n"))


def _paragraph(text: str) -> str:
    is_equation = "  " in text or (" = " in text and len(text) < 90)
    return textwrap.indent(text, "    ") if is_equation else text
