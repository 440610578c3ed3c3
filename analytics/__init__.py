"""Facts turned into counters, funnels and the daily report."""
