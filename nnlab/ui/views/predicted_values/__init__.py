"""The view of predicted values, its plots, and the list of the worst."""
