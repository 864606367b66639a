"""One file a layer. `forward` is told the step in training, and None in prediction."""
