"""The network: its base and blocks, its head, which layers are frozen, and where it is cut."""
