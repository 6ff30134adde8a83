"""How clips leave the window: what to export, and the queue that does it."""
