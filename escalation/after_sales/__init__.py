"""After-sales: cases from the wish to the end, and what is promised until when. See ``docs/after-sales.md``."""
