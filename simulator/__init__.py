"""A stand-in for the WeChat platform: it pushes shoppers' messages to a bot and answers the bot's API calls."""
