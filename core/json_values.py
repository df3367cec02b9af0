"""Telling JSON's objects and lists apart from everything else that a document may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value read from JSON is an object, whose keys are always text."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value read from JSON is a list."""
    return isinstance(value, list)
