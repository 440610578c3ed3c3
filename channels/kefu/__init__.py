"""微信客服 (WeCom 94638): messages are pulled, answers are sent while no person has the session."""
