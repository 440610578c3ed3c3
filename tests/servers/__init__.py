"""The tests' own PostgreSQL, Redis and browser: started privately, gone with the tests."""
