"""The cache: counted, cleared, and nothing outside of it touched."""

from __future__ import annotations

import bpy
import pytest


@pytest.fixture
def cache(addon, tmp_path, monkeypatch):
    module = addon("sketch2pose_addon.backend.cache_folder")
    folder = tmp_path / "cache"
    monkeypatch.setattr(addon("sketch2pose_addon.backend.op_cache"), "cache_folder", lambda: folder)
    return module, folder


def test_a_cache_that_is_not_there_is_empty(cache):
    module, folder = cache
    assert module.cache_size(folder).text == "empty"
    assert module.clear_cache(folder).files == 0
    assert module.cache_size(None).files == 0
    assert not folder.exists()


def test_files_are_counted_and_cleared_but_the_folder_stays(cache):
    module, folder = cache
    (folder / "clips" / "a").mkdir(parents=True)
    (folder / "clips" / "a" / "seen.npz").write_bytes(b"x" * 1_500_000)
    (folder / "one.json").write_bytes(b"{}")
    assert module.cache_size(folder).text == "2 files, 1.5 MB"
    assert bpy.ops.sketch2pose.clear_cache() == {"FINISHED"}
    assert list(folder.iterdir()) == []


def test_links_are_removed_and_never_followed(cache, tmp_path):
    module, folder = cache
    outside = tmp_path / "precious"
    outside.mkdir()
    (outside / "film.mp4").write_bytes(b"film")
    folder.mkdir()
    try:
        (folder / "link").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("skipped: this system lets us make no links")
    module.clear_cache(folder)
    assert (outside / "film.mp4").read_bytes() == b"film"
    assert list(folder.iterdir()) == []


def test_a_cache_that_is_a_link_itself_is_left_alone(addon, tmp_path):
    module = addon("sketch2pose_addon.backend.cache_folder")
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "film.mp4").write_bytes(b"film")
    try:
        (tmp_path / "cache").symlink_to(tmp_path / "precious", target_is_directory=True)
    except OSError:
        pytest.skip("skipped: this system lets us make no links")
    assert module.clear_cache(tmp_path / "cache").files == 0
    assert (tmp_path / "precious" / "film.mp4").exists()


def test_the_cache_lies_in_the_extensions_own_folder(addon):
    folder = addon("sketch2pose_addon.backend.cache_folder").cache_folder()
    assert folder.name == "cache"
    assert folder.parent.name == "sketch2pose"


def test_the_licences_are_in_the_zip(addon):
    pages = addon("sketch2pose_addon.backend.op_cache")._LICENSES
    assert pages[0].read_text("utf-8").startswith("# Licenses")


class Layout:
    """Remembers texts and operators, whatever they are put into."""

    def __init__(self, told: list[str]) -> None:
        object.__setattr__(self, "told", told)

    def __setattr__(self, _name: str, _value: object) -> None:
        pass

    def __getattr__(self, name: str):
        def call(*args: object, **options: object) -> Layout:
            self.told.append(str(options.get("text") or (args[0] if args else name)))
            return Layout(self.told)

        return call


def test_the_sections_of_the_preferences_draw(addon):
    told: list[str] = []
    addon("sketch2pose_addon.backend.preferences_sections").draw_sections(Layout(told), bpy.context)
    assert {"Pie Menu", "Cache", "sketch2pose.clear_cache", "sketch2pose.show_licences"} <= set(
        told
    )
