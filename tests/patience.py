"""How long a test waits for what happens at once, unless the machine has much else to do."""

SOON = 60  # seconds; a test that waits longer has found something that never happens
