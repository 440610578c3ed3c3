"""Activities as they are written down, and what law and platform say of them before anybody sees them."""
