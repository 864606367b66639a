"""ONNX: what a model makes of raw examples, as a graph that other programs run."""
