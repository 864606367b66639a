"""A report of one run or of several, in one HTML file that needs nothing else."""
