"""The experiment beside other frameworks: what can be compared, the comparison while it goes on, and its table."""
