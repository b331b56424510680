"""Training: settings, `fit`, and what a run leaves behind."""
