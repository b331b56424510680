"""Drawing the bundled photos, and pre-training the bundled base on pictures drawn from formulas."""
