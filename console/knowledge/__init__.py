"""The pages on which editors write, try and publish what the bot says."""
