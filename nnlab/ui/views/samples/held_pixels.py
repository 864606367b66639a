"""Which pixels of the chains are held, and in which colour: painted with the mouse, shown as a tint."""

import numpy as np

from nnlab.probes.chains import ChainOptions
from nnlab.probes.samples import ChainStates

Held = tuple[np.ndarray | None, np.ndarray | None]


def paint(options: ChainOptions, answer: ChainStates, under: np.ndarray, brush: str) -> Held:
    """(clamped, values) after a stroke over pixels `under` (height, width), in all chains; both None where none is held."""
    assert answer.states is not None
    chains, visible = answer.states.shape
    # A picture's pixels have as many units as it has channels; a rectangle of numbers may be filled up at its end.
    touched = np.repeat(under.ravel(), max(visible // under.size, 1))[:visible]
    if options.clamped is None or options.values is None or options.values.shape[1] != visible:
        clamped, values = np.zeros(visible, bool), answer.states.copy()
    else:
        # Every chain what it holds at present.
        clamped, values = options.clamped.copy(), options.values[np.arange(chains) % len(options.values)]
    if brush == "release":
        clamped[touched] = False
    else:
        source = {"hold white": answer.white, "hold black": answer.black}.get(brush, answer.states)
        assert source is not None
        fresh = touched & ~clamped if brush == "hold as they are" else touched
        values[:, fresh] = np.broadcast_to(source, values.shape)[:, fresh]
        clamped |= touched
    return (clamped, values) if clamped.any() else (None, None)


def mask_of(clamped: np.ndarray, height: int, width: int) -> np.ndarray:
    """The held pixels (height, width) of held units: a coloured one if any of its channels is."""
    channels = max(len(clamped) // (height * width), 1)
    mask = np.zeros(height * width * channels, bool)
    mask[: len(clamped)] = clamped
    return np.asarray(mask.reshape(height, width, channels).any(axis=2))
