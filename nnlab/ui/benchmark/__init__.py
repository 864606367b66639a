"""Help > Benchmark: how fast the engine is on this machine, drawn as bars."""
