"""Group-buys, lotteries, lucky bags, coupons, points and pushes to groups."""
