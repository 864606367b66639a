"""From a gradient to a step: each file has its own `Optimizer`; a script has one."""
