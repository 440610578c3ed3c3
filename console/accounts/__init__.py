"""The people of the console: their accounts, passwords, and attempts to sign in."""
