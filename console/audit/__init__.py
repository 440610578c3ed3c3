"""What people did: a log that only grows, each entry chained to the one before it by hash."""
