"""Group-buys with ladder prices: the algebra of docs/group-buy.md, pure, in whole fen."""
