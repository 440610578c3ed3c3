"""What whole-system tests share."""

from tests.functional.knowledge import example_knowledge

__all__ = ["example_knowledge"]
