"""The pages of the ground: sign in, home, people, log, own account."""
