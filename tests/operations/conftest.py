"""A house for every test of an operation."""

from tests.operations.fixtures import empty_lab, empty_vault, folder, house, lab, shared, stock

__all__ = ["empty_lab", "empty_vault", "folder", "house", "lab", "shared", "stock"]
