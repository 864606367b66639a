"""How tensors are called and lie in files of others: one row for each way."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """A way to write weights down.

    framework: in whose names and axes, as layers declare them; "" where they are nnlab's own    title: for a person
    channels_first: whether a picture laid flat goes channel by channel there    separator: between a layer's name and a
    tensor's
    """

    title: str
    framework: str = ""
    channels_first: bool = False
    separator: str = "."


# Those that come first are tried first.
CONVENTIONS: dict[str, Convention] = {
    "nnlab": Convention("nnlab"),
    "torch": Convention("PyTorch", "torch", channels_first=True),
    "torch-channels-last": Convention("PyTorch, pictures laid flat with channels last, as nnlab's scripts do", "torch"),
    "keras": Convention("Keras", "keras", separator="/"),
}
