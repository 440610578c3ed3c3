"""The team: how many customers each agent has room for, what they know about, and who stands in for them."""
