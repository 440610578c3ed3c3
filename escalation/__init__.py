"""People: cases, queue, routing, roster, tiers, clocks and tickets."""
