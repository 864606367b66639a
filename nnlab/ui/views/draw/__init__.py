"""The Draw view and its parts."""
