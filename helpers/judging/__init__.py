"""Judging a model: how good it is, where it is wrong, and what it looks at."""
