"""Run > Stop when…: the breakpoints of the experiment, listed and edited beside the window."""
