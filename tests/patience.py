"""How long tests wait for what must come. Machines that do other work are slow now and then, and waiting ends early."""

PATIENCE = 150
"""Seconds. An answer that the platform lost is said again after ``inbox.retry_window_seconds``, 20 s."""

PATIENCE_MS = PATIENCE * 1000
"""The same for browsers."""
