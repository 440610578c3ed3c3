"""The 公众号 (official account): callbacks in, passive replies and custom/send out."""
