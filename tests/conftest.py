"""Fixtures of all tests: the root on the path, evaluation data, deterministic hypothesis."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """Folder that holds blender_manifest.toml."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder ``data`` of the evaluation material; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("S2P_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"skipped: no evaluation data at {folder} (set S2P_SHARED)")
    return folder


def pytest_configure(config: pytest.Config) -> None:
    """Make property tests repeatable and free of clocks: shared machines stall at any moment."""
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:  # inside of a distribution's Blender
        return
    slow_ok = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile(
        "house", deadline=None, derandomize=True, suppress_health_check=slow_ok, print_blob=True
    )
    settings.load_profile("house")
