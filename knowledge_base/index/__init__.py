"""Index versions: made from the entries, published by swapping a pointer, opened read-only."""
