"""A Boltzmann machine as pictures go into it and come out: by itself, or on the level of a stack that is being trained."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.capabilities import sampled_machines
from nnlab.models.rbm import RBM
from nnlab.probes.picture_arrays import Pictures, as_pictures
from nnlab.probes.scene import Scene
from nnlab.probes.weights import as_rectangles


@dataclass(frozen=True)
class Machine:
    """The machine that can be sampled, and the ones below it, which lead from pictures up to it and down again."""

    rbm: RBM
    below: tuple[RBM, ...]
    scene: Scene

    @property
    def level(self) -> int:
        """How many machines lie below."""
        return len(self.below)

    @property
    def sees_pictures(self) -> bool:
        """Whether visible units are pixels, with a black and a white."""
        return not self.below and (self.scene.data.dataset.is_image or not self.rbm.settings.is_gaussian)

    def upward(self, inputs: Array) -> Array:
        """What the machine sees of inputs (N, *example_shape): the probabilities of the levels below (N, visible)."""
        state = inputs.reshape(len(inputs), -1)
        for rbm in self.below:
            state = rbm.hidden_probabilities(state)
        return state

    def downward(self, v: Array) -> Array:
        """What states (N, visible) are pictures of: means, level by level (N, inputs)."""
        for rbm in reversed(self.below):
            v = rbm.visible_means(v)
        return v

    def pictures(self, v: Array) -> Pictures:
        """States (N, visible) as pictures (N, height, width, channels) of bytes."""
        return as_pictures(self.scene.data, self.downward(v))

    def filters(self, count: int) -> Array:
        """The weights of the first hidden units as pictures (count, height, width); above the first level linearly carried
        down, as what a unit would see if the levels below were linear.
        """
        weight = self.rbm.weight[:, :count]
        for rbm in reversed(self.below):
            weight = rbm.weight @ weight
        shape = self.scene.data.dataset.example_shape
        if self.scene.data.dataset.is_image and len(weight) == math.prod(shape):
            return np.asarray(weight.T.reshape(-1, *shape).mean(axis=3))
        return as_rectangles(weight.T)

    def tone(self, byte: int) -> Array:
        """What a pixel of this grey is to the machine (visible,)."""
        data = self.scene.data
        if not data.dataset.is_image:
            return np.full(self.rbm.visible, byte / 255, np.float32)
        grey = data.scaling.painted(np.full((1, *data.dataset.example_shape), byte))
        return data.scaling.apply(grey, out=grey).reshape(-1)


def machine_of(scene: Scene) -> Machine | None:
    """The RBM, or that of a stack's present phase; None once a stack is fine-tuned as an autoencoder."""
    *below, top = sampled_machines(scene.model) or (None,)
    return Machine(top, tuple(rbm for rbm in below if rbm), scene) if top else None
