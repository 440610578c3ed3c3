"""Errands: what turns ask of the shop's own system, carried out after their commit. See ``docs/errands.md``."""
