"""Tests of nnlab.experiments.benchmark."""
