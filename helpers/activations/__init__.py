"""The frozen blocks' output for each photo: computed once, and kept."""
