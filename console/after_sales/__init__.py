"""The pages of after-sales: cases by their deadline, and one with what can be done. See ``docs/after-sales.md``."""
