"""What the frozen blocks make of each photo: computed once, and kept."""
