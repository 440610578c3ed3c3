"""Trains the fallback classifier's models: ``python -m intents.fallback_training``."""
