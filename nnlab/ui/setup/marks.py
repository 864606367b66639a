"""The signs behind the names of settings, and what they mean: which act at the next step, and which at the next reset."""

from nnlab.settings import Description

_LIVE, _AT_RESET = "•", "⟲"
LEGEND = f"{_LIVE} live   {_AT_RESET} needs reset"


def marked(description: Description) -> str:
    """The setting's name with its sign."""
    return f"{description.label} {_LIVE if description.live else _AT_RESET}"
