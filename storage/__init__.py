"""SQL schema and migrations, the outbox writer, and every Redis key."""
