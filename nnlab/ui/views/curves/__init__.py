"""The curves below the stage, and their parts."""
