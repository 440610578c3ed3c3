"""The shop's own system behind a port: orders, refunds and coupons."""
