"""Boltzmann machines and stacks of them as the NumPy script has them: which constants they have."""

from typing import Any

from nnlab.models.rbm_rule import RBMRule

# What the settings of a machine are called in a script.
_NAMES = {
    "hidden": "HIDDEN_UNITS",
    "cd_steps": "GIBBS_STEPS",
    "persistent": "PERSISTENT",
    "chains": "CHAINS",
    "sparsity_target": "SPARSITY_TARGET",
    "sparsity_cost": "SPARSITY_COST",
    "scale": "DEVIATION",
}


def machine_constants(rule: RBMRule, visible: int) -> dict[str, Any]:
    """Those of a machine with so many visible units."""
    return {
        **{constant: getattr(rule, name) for name, constant in _NAMES.items()},
        "VISIBLE_UNITS": visible,
        "GAUSSIAN": rule.is_gaussian,
        "SAMPLED": rule.visible_states == "sampled",
    }
