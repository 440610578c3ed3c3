"""微信客服 of the simulated corp: accounts, servicers, customers, sessions and messages."""
