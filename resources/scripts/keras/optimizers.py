"""Optimizers that Keras has otherwise than nnlab."""

from typing import Any

import keras


class Momentum(keras.optimizers.Optimizer):
    """v <- mu v + g    p <- p - lr v

    Keras' own has the rate inside of v: another rule where the rate changes.
    """

    def __init__(self, rate: float, momentum: float) -> None:
        super().__init__(rate)
        self.momentum = momentum

    def build(self, variables: list[Any]) -> None:
        """One velocity for each variable."""
        super().build(variables)
        self.velocities = self.add_optimizer_variables(variables, "velocity")

    def update_step(self, gradient: Any, variable: Any, rate: Any) -> None:
        """A heavy ball."""
        velocity = self.velocities[self._get_variable_index(variable)].value
        velocity.mul_(self.momentum).add_(gradient)
        variable.value.sub_(velocity * rate)


class Nesterov(Momentum):
    """v <- mu v + g    p <- p - lr (g + mu v)"""

    def update_step(self, gradient: Any, variable: Any, rate: Any) -> None:
        """The gradient looked up one velocity ahead."""
        velocity = self.velocities[self._get_variable_index(variable)].value
        velocity.mul_(self.momentum).add_(gradient)
        variable.value.sub_((gradient + self.momentum * velocity) * rate)


class Adam(keras.optimizers.Optimizer):
    """m <- b1 m + (1 - b1) g    v <- b2 v + (1 - b2) g^2

    p <- p - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)    (Kingma and Ba 2015)
    Keras' own adds eps to sqrt(v) before v is corrected.
    """

    def __init__(self, rate: float, beta1: float, beta2: float, epsilon: float) -> None:
        super().__init__(rate)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def build(self, variables: list[Any]) -> None:
        """Two moments for each variable."""
        super().build(variables)
        self.firsts = self.add_optimizer_variables(variables, "first_moment")
        self.seconds = self.add_optimizer_variables(variables, "second_moment")

    def update_step(self, gradient: Any, variable: Any, rate: Any) -> None:
        """As published."""
        place, step = self._get_variable_index(variable), int(self.iterations.value) + 1
        first, second = self.firsts[place].value, self.seconds[place].value
        first.lerp_(gradient, 1 - self.beta1)
        second.mul_(self.beta2).addcmul_(gradient, gradient, value=1 - self.beta2)
        root = (second / (1 - self.beta2**step)).sqrt_().add_(self.epsilon)
        variable.value.sub_(first / root * (rate / (1 - self.beta1**step)))


class AdamW(Adam):
    """p <- p - lr decay p  of weights, then Adam; Keras' own decays biases, too."""

    def __init__(
        self, rate: float, beta1: float, beta2: float, epsilon: float, decay: float
    ) -> None:
        super().__init__(rate, beta1, beta2, epsilon)
        self.decay = decay

    def update_step(self, gradient: Any, variable: Any, rate: Any) -> None:
        """Shrink, then step."""
        if len(variable.shape) >= 2:
            variable.value.mul_(1 - rate * self.decay)
        super().update_step(gradient, variable, rate)


class RMSProp(keras.optimizers.Optimizer):
    """v <- a v + (1 - a) g^2    p <- p - lr g / (sqrt(v) + eps)

    Keras' own has eps inside of the root.
    """

    def __init__(self, rate: float, smoothing: float, epsilon: float) -> None:
        super().__init__(rate)
        self.smoothing, self.epsilon = smoothing, epsilon

    def build(self, variables: list[Any]) -> None:
        """One mean square for each variable."""
        super().build(variables)
        self.squares = self.add_optimizer_variables(variables, "mean_square")

    def update_step(self, gradient: Any, variable: Any, rate: Any) -> None:
        """Each number at its own scale."""
        square = self.squares[self._get_variable_index(variable)].value
        square.mul_(self.smoothing).addcmul_(
            gradient, gradient, value=1 - self.smoothing
        )
        variable.value.sub_(gradient / (square.sqrt() + self.epsilon) * rate)


class Adagrad(keras.optimizers.Optimizer):
    """s <- s + g^2    p <- p - lr g / (sqrt(s) + eps)

    Keras' own begins at s = 0.1, and has eps inside of the root.
    """

    def __init__(self, rate: float, epsilon: float) -> None:
        super().__init__(rate)
        self.epsilon = epsilon

    def build(self, variables: list[Any]) -> None:
        """One sum of squares for each variable."""
        super().build(variables)
        self.sums = self.add_optimizer_variables(variables, "sum_of_squares")

    def update_step(self, gradient: Any, variable: Any, rate: Any) -> None:
        """Steps shrink where gradients were large."""
        total = self.sums[self._get_variable_index(variable)].value
        total.addcmul_(gradient, gradient)
        variable.value.sub_(gradient / (total.sqrt() + self.epsilon) * rate)
