"""智能机器人 (the WeCom AI bot): members of the shop talk to it alone or in internal groups."""
