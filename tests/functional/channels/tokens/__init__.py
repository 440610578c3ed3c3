"""Who refreshes a token that ran out, over a real connection and over several processes."""
