"""Who is in: sessions that live in SQL and are known to the browser by a random id."""
