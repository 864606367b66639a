"""Looks into a run that take long: plain functions of a copy of it and a Report, to be run as jobs or headless."""
