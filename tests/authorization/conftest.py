"""A house for the tests that go through the engine."""

from tests.operations.fixtures import empty_vault, shared

__all__ = ["empty_vault", "shared"]
