"""The learning rate over the epochs: each file has its own; a script has one."""
