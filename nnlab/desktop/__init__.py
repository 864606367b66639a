"""nnlab on a person's desktop: what Qt needs of the system, the entry in the menu, and whether all is well."""
