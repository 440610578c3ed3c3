"""A black-box suite for any bot that speaks the platform's protocol (docs/simulator.md)."""
