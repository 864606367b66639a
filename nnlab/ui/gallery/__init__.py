"""File > Examples: what comes with nnlab, as pictures to choose from."""
