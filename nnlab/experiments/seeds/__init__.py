"""One experiment from many seeds: a sweep over `training.seed`, and what of its results is luck and what is not."""
