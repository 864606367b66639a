"""A run or a model as TensorBoard shows it: a folder with a file of events."""
