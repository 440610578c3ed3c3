"""The things that a message names: orders, amounts, days, addresses. One module each; ``finding`` looks for all."""
