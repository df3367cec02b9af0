"""The rig beside its clip: rendered in a scene of its own, put together by the backend."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from filmed_fixtures import FRAMES, SIZE

BLOCKS = ("scenes", "objects", "meshes", "cameras", "materials", "actions", "collections")


@pytest.fixture
def performing(addon, monkeypatch, rig, backend, filmed, shots):
    """The rig, moved by the clip from frame 11 on, in step with it; pictures of it are small."""
    monkeypatch.setattr(addon("sketch2pose_addon.video.comparison_render"), "SIDE_SIZE", (80, 120))
    module = addon("sketch2pose_addon.video.op_compare_with_clip")
    monkeypatch.setattr(module, "_FILM_HEIGHT", 90)
    monkeypatch.setattr(module, "_SHEET_HEIGHTS", (90, 120))
    backend.answer_with(filmed)
    bpy.context.scene.render.fps = 30
    bpy.context.scene.frame_set(11)
    assert bpy.ops.sketch2pose.motion_from_video(filepath=str(shots)) == {"FINISHED"}
    return rig


@pytest.fixture
def photos(addon, performing, tmp_path):
    """Takes pictures of rows of the performance; they and what was added come back as values."""
    performance = addon("sketch2pose_addon.video.clip_and_rigs").performance_of(
        bpy.context, performing
    )
    studio = addon("sketch2pose_addon.video.comparison_render")
    errors = addon("core.errors")

    def take(*rows, follow=False, height=180):
        with studio.Studio(bpy.context, performance, tmp_path, height, follow) as opened:
            try:
                for row in rows:
                    opened.shoot(row)
            except errors.Sketch2PoseError as error:
                pytest.skip(f"skipped: {error}")
        return [[pixels(tmp_path / f"{view}_{row + 1:06d}.png") for view in studio.VIEWS]
                for row in rows]  # fmt: skip

    take.performance = performance
    return take


def pixels(path):
    """[H, W, 4] of a PNG, top row first."""
    image = bpy.data.images.load(str(path))
    values = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)[::-1]
    bpy.data.images.remove(image)
    return values


def blocks():
    """Names of all that the file holds, but for Blender's own image of the last render."""
    return {kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in BLOCKS}


def figure(picture):
    """[N, 2] pixels (x, y) where sticks are: their colours are stronger than the floor's."""
    solid = (picture[..., 3] > 0.9) & (picture[..., :3].max(-1) > 0.42)
    return np.argwhere(solid)[:, ::-1]


def test_the_rig_is_seen_where_the_person_was(photos, filmed):
    (first, side), (last, _) = photos(0, FRAMES - 2)
    assert first.shape == (180, 320, 4) and side.shape == (120, 80, 4)
    for picture, row in ((first, 0), (last, FRAMES - 2)):
        seen = filmed.joints2d[row] * 180 / SIZE[1]
        shown = figure(picture)
        assert len(shown) > 100
        for end in (np.min, np.max):  # hands
            assert abs(end(shown[:, 0]) - end(seen[:, 0])) < 8
        assert abs(shown[:, 1].max() - seen[:, 1].max()) < 8  # feet; the head is above its joint
    moved = figure(last).max(0) - figure(first).max(0)
    assert moved[0] > 5


def test_a_rig_without_skin_shows_its_bones_and_one_with_skin_its_skin(addon, photos, performing):
    studio = addon("sketch2pose_addon.video.comparison_render")
    assert studio.skins_of(performing) == []
    bpy.ops.sketch2pose.create_body()
    body = bpy.context.object
    assert [skin.type for skin in studio.skins_of(body)] == ["MESH"]
    studio.skins_of(body)[0].hide_render = True
    assert studio.skins_of(body) == []


def test_nothing_is_left_in_the_file(photos, snapshot):
    scene = bpy.context.scene
    scene.frame_set(12)
    settings = scene.render.engine, scene.camera, scene.render.resolution_x
    before, held = blocks(), snapshot()
    photos(0, follow=True)
    assert blocks() == before
    assert (scene.render.engine, scene.camera, scene.render.resolution_x) == settings
    after = snapshot()
    for name, (world, bones, *rest) in held["objects"].items():
        np.testing.assert_allclose(after["objects"][name][0], world, atol=1e-6)
        if bones is not None:
            np.testing.assert_allclose(after["objects"][name][1], bones, atol=1e-6)
        assert after["objects"][name][2:] == tuple(rest)
    assert (after["actions"], after["frame"]) == (held["actions"], held["frame"])


def test_the_view_from_the_side_looks_from_the_side(addon):
    side_view = addon("sketch2pose_addon.video.comparison_render").side_view
    filmed = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # looks along +y, upright
    turn = side_view(filmed)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) > 0
    assert turn[:, 0] @ [0, 1, 0] > 0.9  # what is far is on the right
    assert turn[2, 0] == 0 and turn[2, 1] > 0.9  # upright
    down = side_view(np.eye(3))
    np.testing.assert_allclose(down @ down.T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize("kind", [".mp4", ".png"])
def test_the_whole_way_through_the_real_backend(
    addon, backend, photos, performing, shots, tmp_path, kind
):
    if not (importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("cv2")):
        pytest.skip("skipped: this Python lacks onnxruntime or OpenCV")
    photos(0)  # skips where nothing can be rendered
    jobs = addon("sketch2pose_addon.backend.jobs")
    backend.make_real()
    out = tmp_path / "new folder" / f"beside é{kind}"
    try:
        done = bpy.ops.sketch2pose.compare_with_clip(
            filepath=str(out), clip=str(shots), target=performing.name, frames="11, 13"
        )
    finally:
        jobs.stop()
    assert done == {"FINISHED"} and out.stat().st_size > 2000
    assert str(out) in bpy.context.window_manager.sketch2pose.result
    assert not bpy.context.window_manager.sketch2pose.running


def test_without_a_window_a_motion_is_keyed_and_shown(
    addon, backend, photos, performing, filmed, shots, tmp_path, capsys
):
    if not (importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("cv2")):
        pytest.skip("skipped: this Python lacks onnxruntime or OpenCV")
    photos(0)
    path, out = tmp_path / "walk.npz", tmp_path / "sheet é.png"
    addon("core.body_motion").write_body_motion(path, filmed)
    backend.make_real()
    arguments = ["--input", path, "--rig", performing.name, "--save", tmp_path / "out.blend"]
    arguments += ["--clip", shots, "--side-by-side", out, "--sheet-frames", "11,12"]
    try:
        status = addon("sketch2pose_addon.cli").run([str(part) for part in arguments])
    finally:
        addon("sketch2pose_addon.backend.jobs").stop()
    assert status == 0, capsys.readouterr().err
    assert out.is_file() and str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"filepath": "film.avi"}, "neither a video nor a contact sheet"),
        ({"clip": "nothing here.mp4"}, "there is no file"),
        ({"clip": ""}, "no background clip"),
        ({"first": 100, "last": 120}, "not animated from the clip in frames 100 to 120"),
        ({"filepath": "s.png", "frames": "one, two"}, "is not a list of frames"),
        ({"target": "Nobody"}, 'no object "Nobody"'),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(
    performing, shots, tmp_path, snapshot, arguments, words
):
    given = {"filepath": "film.mp4", "clip": str(shots), "target": performing.name, **arguments}
    given["filepath"] = str(tmp_path / given["filepath"])
    before = blocks(), snapshot()
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.sketch2pose.compare_with_clip(**given)
    assert (blocks(), snapshot()) == before
    assert not list(tmp_path.glob("film*")) and not bpy.context.window_manager.sketch2pose.running


def test_a_rig_that_no_clip_moved_says_so(rig, shots, tmp_path):
    with pytest.raises(RuntimeError, match="has no stored motion"):
        bpy.ops.sketch2pose.compare_with_clip(filepath=str(tmp_path / "a.mp4"), clip=str(shots))


@pytest.mark.parametrize("do", ["fail", "hang"])
def test_a_backend_that_fails_or_is_cancelled_leaves_nothing(
    addon, monkeypatch, photos, performing, backend, shots, tmp_path, do
):
    photos(0)
    backend.do = do
    jobs = addon("sketch2pose_addon.backend.jobs")
    if do == "hang":  # cancelled as soon as it is told to wait for it
        wait = jobs.wait
        monkeypatch.setattr(jobs, "wait", lambda job: (jobs.cancel(job), wait(job)))
    before = blocks()
    arguments = {"filepath": str(tmp_path / "a.mp4"), "clip": str(shots)}
    if do == "fail":
        with pytest.raises(RuntimeError, match="Nothing was found"):
            bpy.ops.sketch2pose.compare_with_clip(**arguments)
    else:
        assert bpy.ops.sketch2pose.compare_with_clip(**arguments) == {"CANCELLED"}
    assert blocks() == before and not (tmp_path / "a.mp4").exists()
    assert jobs.running() is None


def test_cancelling_while_blender_renders(addon, monkeypatch, photos, performing, shots, tmp_path):
    jobs = addon("sketch2pose_addon.backend.jobs")
    tell = jobs.tell

    def cancel_soon(job, factor, text):
        tell(job, factor, text)
        jobs.cancel(jobs.running())

    photos(0)
    before = blocks()
    monkeypatch.setattr(jobs, "tell", cancel_soon)
    arguments = {"filepath": str(tmp_path / "a.mp4"), "clip": str(shots)}
    assert bpy.ops.sketch2pose.compare_with_clip(**arguments) == {"CANCELLED"}
    assert blocks() == before and jobs.running() is None and not (tmp_path / "a.mp4").exists()


def test_a_motion_file_that_is_retargeted_whole_keeps_its_clip(addon, rig, filmed, tmp_path):
    write = addon("core.body_motion").write_body_motion
    stored_clip = addon("sketch2pose_addon.results.stored_clip").stored_clip_of
    path = tmp_path / "walk.npz"
    write(path, filmed)
    bpy.ops.sketch2pose.retarget(source=str(path), target=rig.name, mirror=True)
    assert stored_clip(rig) is None
    bpy.ops.sketch2pose.retarget(source=str(path), target=rig.name, frame_start=5)
    motion, start = stored_clip(rig)
    assert start == 5 and motion.frame_count == filmed.frame_count
