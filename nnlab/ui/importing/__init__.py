"""Weights from elsewhere in the window: read beside what else goes on, shown beside the model's, then begun with."""
