"""The panels at the left: data, model, training."""
