"""How the loss answers to every number of a network: what views ask it for."""

from typing import NamedTuple

from nnlab.models.arrays import Array


class Sensitivities(NamedTuple):
    """How the mean loss of a batch answers to every number on its way through the network.

    outputs     the output of every layer, those inside of others before them      N x its shape each
    by_output   d loss / d that output, of every layer that the loss does not contain: softmax fused into cross-entropy
                has none, and the last entry is then by its input                            N x its shape each
    by_input    d loss / d input                              (N, *input_shape)
    by_tensor   d loss / d parameters, of the tensors that were asked for
    """

    loss: float
    outputs: list[Array]
    by_output: list[Array]
    by_input: Array
    by_tensor: dict[str, Array]
