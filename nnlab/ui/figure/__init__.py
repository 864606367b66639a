"""Figures for papers and slides: a view at a chosen size and resolution, light or dark, saved or copied."""
