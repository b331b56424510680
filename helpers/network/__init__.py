"""The network: its base and its blocks, its head, what is frozen, and where it is cut."""
