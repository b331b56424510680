"""Photos: found, read, prepared and split."""
