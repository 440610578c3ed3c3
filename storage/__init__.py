"""SQL schema and migrations, the outbox writer, group commit, and every Redis key."""
