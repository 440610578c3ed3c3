"""WeCom (企业微信) and 微信客服."""
