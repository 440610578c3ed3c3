"""A WeCom self-built app as its members and its bot see it: messages, cards, chats, robots, files, menu."""
