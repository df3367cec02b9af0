"""A clip filmed by the scene's own, moving camera."""

from __future__ import annotations

import dataclasses

import bpy
import numpy as np
import pytest

SIZE = (640, 360)


@pytest.fixture
def camera():
    """A camera that travels along +x from frame 10 to 20, held by a parent that is turned."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.frame_end = 20
    parent = bpy.data.objects.new("Crane", None)
    parent.rotation_euler.z = 0.3
    made = bpy.data.objects.new("Solved", bpy.data.cameras.new("Solved"))
    made.data.lens, made.data.shift_x = 35.0, 0.05
    made.parent = parent
    made.rotation_euler = (1.4, 0.0, 0.2)
    for item in (parent, made):
        scene.collection.objects.link(item)
    for frame, across in ((10, 0.0), (20, 2.0)):
        made.location = (across, -5.0, 1.6)
        made.keyframe_insert("location", frame=frame)
    scene.camera = made
    return made


def shown(camera, point):
    """Pixel at which Blender shows a world point."""
    graph = bpy.context.evaluated_depsgraph_get()
    matrix = np.array(camera.calc_matrix_camera(graph, x=SIZE[0], y=SIZE[1]))
    seen = matrix @ np.array(camera.matrix_world.normalized().inverted()) @ [*point, 1.0]
    return (seen[:2] / seen[3] * [1, -1] + 1) / 2 * SIZE


def seen_by(filmed, row, point, axes):
    """Pixel at which the camera file says that the point is."""
    place = filmed.rotation[row] @ axes.body_from_blender(point) + filmed.translation[row]
    return filmed.focal * place[:2] / place[2] + filmed.center


@pytest.mark.parametrize("in_step", [True, False])
def test_the_file_shows_points_where_blender_does(addon, camera, in_step, tmp_path):
    module = addon("sketch2pose_addon.video.scene_camera")
    footage = addon("sketch2pose_addon.video.footage").Footage
    axes = addon("core.axes")
    bpy.context.scene.frame_set(3)
    place = footage(tmp_path / "a.mp4", 10, first=4 if in_step else 0, in_step=in_step)
    filmed = module.filmed_by_scene(bpy.context, place)
    assert bpy.context.scene.frame_current == 3
    assert (filmed.first, filmed.framerate) == ((4, None) if in_step else (0, 24.0))
    assert len(filmed.rotation) == 11 and filmed.size == SIZE
    for row in (0, 4, 10):
        bpy.context.scene.frame_set(10 + row)
        for point in ([0.2, 0.1, 0.9], [-0.5, 1.0, 0.0]):
            away = seen_by(filmed, row, np.array(point), axes) - shown(camera, point)
            assert np.abs(away).max() < 0.01


def test_people_are_put_into_the_cameras_world(
    addon, rig, backend, motion, camera, monkeypatch, tmp_path, keyed_frames
):
    read = addon("core.filmed_camera").read_camera
    jobs, cameras = addon("sketch2pose_addon.backend.jobs"), []
    real = jobs.submit

    def submit(title, make, **how):
        def noted(folder):
            request = make(folder)
            cameras.append(read(request.camera))
            return request

        return real(title, noted, **how)

    monkeypatch.setattr(jobs, "submit", submit)
    way = np.array([[1.0, 0, 0.5], [1.1, 0, 0.5], [1.2, 0, 0.5]])
    walked = dataclasses.replace(
        motion,
        poses=np.repeat(motion.poses, 3, axis=0),
        trans=(motion.trans + way).astype(np.float32),
        joints3d=(motion.joints3d + way[:, None]).astype(np.float32),
        joints2d=None,
        confidence=np.ones((3, 24), np.float32),
        frame_index=np.array([6, 7, 8]),
        mocap_framerate=24.0,
    )
    backend.answer_with(walked)
    rig.location = (5.0, 5.0, 0.0)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"the fake backend does not look inside")
    bpy.context.scene.frame_set(10)
    before = bpy.context.scene.camera, len(bpy.data.cameras)
    done = bpy.ops.sketch2pose.motion_from_video(
        filepath=str(clip), use_camera=True, add_camera=True
    )
    assert done == {"FINISHED"}
    assert len(cameras) == 1 and len(cameras[0].rotation) == 11
    assert (bpy.context.scene.camera, len(bpy.data.cameras)) == before
    assert min(keyed_frames(rig)) == 16.0  # the person comes at frame 6 of the file
    bpy.context.scene.frame_set(16)
    bones = addon("sketch2pose_addon.host.armatures").bone_map_of(rig).bones
    roles = addon("rigs.human_motion").SMPL_ROLES
    thighs = [rig.pose.bones[bones[roles[joint]]] for joint in (1, 2)]
    heads = [rig.matrix_world @ bone.head for bone in thighs]
    hips = np.mean([list(head) for head in heads], axis=0)
    assert np.abs(hips[:2] - [1.0, -0.5]).max() < 0.25


@pytest.mark.parametrize("fault", ["none", "orthographic", "zoom"])
def test_cameras_that_cannot_be_used_are_one_sentence(
    rig, backend, motion, camera, tmp_path, snapshot, fault
):
    backend.answer_with(motion)
    if fault == "none":
        bpy.context.scene.camera = None
    elif fault == "orthographic":
        camera.data.type = "ORTHO"
    else:
        for frame, lens in ((10, 35.0), (20, 70.0)):
            camera.data.lens = lens
            camera.data.keyframe_insert("lens", frame=frame)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"never read")
    bpy.context.scene.frame_set(10)
    before = snapshot()
    with pytest.raises(RuntimeError, match="scene camera could not be used"):
        bpy.ops.sketch2pose.motion_from_video(filepath=str(clip), use_camera=True)
    assert snapshot() == before
