"""Where examples come from: each file has its own `read_examples`; a script has one."""
