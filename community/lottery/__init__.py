"""Lotteries that anyone can verify: what is announced, how it is drawn, what is published, and how that is checked."""
