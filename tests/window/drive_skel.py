"""The anatomical skeleton in a real window: fitted to a moving body, limits that show, undone.

Then a body of the user's own file: its betas as sliders, its correctives as shape keys.
"""

from __future__ import annotations

import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bpy
import numpy as np
from figure import addon_module, prepare
from window_steps import (
    OUT,
    Steps,
    area,
    click,
    press,
    redraw,
    region,
    run,
    settle,
    shot,
    until,
    window,
)

FRAMES = 10
MAGENTA = np.array([1.0, 0.1, 0.7])  # of the overlay
ENOUGH_PIXELS = 150
BODIES_TITLE = 44  # px below the sidebar's top, second of two closed panels


def bend(rig: bpy.types.Object) -> None:
    """Knee, elbow and shoulder bend over ten frames."""
    for frame in (1, FRAMES):
        share = frame / FRAMES
        for name, axis, degrees in (
            ("left_knee", 0, -80.0), ("left_hip", 0, -55.0), ("right_elbow", 0, 70.0),
            ("right_shoulder", 2, -50.0),
        ):  # fmt: skip
            bone = rig.pose.bones[name]
            bone.rotation_mode = "XYZ"
            bone.rotation_euler[axis] = np.radians(degrees) * share
            bone.keyframe_insert("rotation_euler", frame=frame)


def call(operator, **options) -> set[str]:
    """An operator as a button calls it, modal in the window."""
    with bpy.context.temp_override(window=window(), area=area(), region=region("WINDOW")):
        return operator("INVOKE_DEFAULT", **options)


def finished(what: str) -> Steps:
    state = bpy.context.window_manager.sketch2pose
    yield from until(lambda: state.result and not state.running, 60, what)
    assert state.level != "ERROR", state.result
    redraw()
    yield 0.8


def magenta_pixels(name: str) -> int:
    """How many pixels of the viewport in a picture have the overlay's colour."""
    image = bpy.data.images.load(f"{OUT}/{name}.png")
    pixels = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)[..., :3]
    bpy.data.images.remove(image)
    part = region("WINDOW")
    shown = pixels[part.y : part.y + part.height, part.x : part.x + part.width]
    return int((np.abs(shown - MAGENTA).max(-1) < 0.1).sum())


def turn_beyond(skel: bpy.types.Object, name: str) -> None:
    """Types an angle half a radian beyond a limit."""
    bone = skel.pose.bones[name]
    limit = next(each for each in bone.constraints if each.type == "LIMIT_ROTATION")
    index = list(bone.lock_rotation).index(False)
    bone.rotation_euler[index] = getattr(limit, f"max_{'xyz'[index]}") + 0.5


def open_bodies() -> Steps:
    """Opens the Bodies panel by its title; the main panel is taken away, so it stands second."""
    main = bpy.types.SKETCH2POSE_PT_main
    names = [name for name in dir(bpy.types) if name.startswith("SKETCH2POSE_PT_")]
    below = [getattr(bpy.types, name) for name in names]
    for kind in (*(each for each in below if parent(each) == main.__name__), main):
        bpy.utils.unregister_class(kind)
    yield from settle()
    part = region("UI")
    yield from click(part.x + part.width * 0.3, part.y + part.height - BODIES_TITLE)
    yield from settle()


def parent(panel: type) -> str:
    return getattr(panel, "bl_parent_id", "")


def own_file() -> str:
    """A file in SMPL's format with the default body's numbers and a corrective at the knees."""
    body = addon_module("bodies.body").load_body_data()
    vertices, quads = body.v_template.astype(float), body.polygons
    weights = np.zeros((len(vertices), 24))
    rows = np.arange(len(vertices))[:, None]
    np.add.at(weights, (rows, body.weight_joints), body.weight_values)
    posedirs = np.zeros((len(vertices), 3, 207))
    for knee in (4, 5):
        posedirs[:, 2, 9 * (knee - 1) + 4] = -0.04 * weights[:, knee]
    path = os.path.join(tempfile.mkdtemp(), "SMPL_NEUTRAL.npz")
    np.savez(
        path,
        v_template=vertices,
        f=np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]),
        weights=weights,
        J_regressor=regressor(vertices, body.joints_template.astype(float)),
        kintree_table=np.array([[2**32 - 1, *body.parents[1:]], range(24)]),
        shapedirs=body.shapedirs.astype(float),
        posedirs=posedirs,
    )
    return path


def regressor(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """[24, V] affine weights of near vertices that give the joints exactly."""
    weights = np.zeros((len(joints), len(vertices)))
    for index, joint in enumerate(joints):
        near = np.argsort(np.linalg.norm(vertices - joint, axis=1))[:240:20]
        system = np.vstack([vertices[near].T, np.ones(len(near))])
        weights[index, near] = np.linalg.pinv(system) @ np.append(joint, 1.0)
    return weights


def fitted_and_seen() -> Steps:
    body = yield from prepare()
    bend(body)
    call(bpy.ops.sketch2pose.fit_skel)
    state = bpy.context.window_manager.sketch2pose
    assert state.running, "the button does not start a job"
    yield from finished("the skeleton")
    skel = bpy.context.view_layer.objects.active
    assert skel.name == f"{body.name} SKEL" and len(skel.pose.bones) == 24
    for child in body.children:
        child.hide_set(True)
    bpy.context.scene.frame_set(FRAMES)
    redraw()
    yield 0.8
    shot("skel_1_fitted")
    assert magenta_pixels("skel_1_fitted") < ENOUGH_PIXELS, "a bone within its limits is coloured"

    turn_beyond(skel, "tibia_r")
    assert addon_module("skel.limits_overlay").beyond_limits(skel) == ["tibia_r"]
    redraw()
    yield 0.8
    shot("skel_2_beyond")
    assert magenta_pixels("skel_2_beyond") > ENOUGH_PIXELS, "the overlay does not show the knee"

    yield from press("Z", ctrl=True)
    yield 0.8
    assert not any("SKEL" in item.name for item in bpy.data.objects), "undo left the skeleton"


def own_body_and_sliders() -> Steps:
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.delete()
    call(bpy.ops.sketch2pose.create_own_body, filepath=own_file(), with_correctives=True)
    yield from finished("the body")
    rig = bpy.context.view_layer.objects.active
    assert rig.name.startswith("SMPL") and rig.sketch2pose_body.model_name == "SMPL"
    bend(rig)
    bpy.context.scene.frame_set(FRAMES)
    rig.sketch2pose_body.betas[0], rig.sketch2pose_body.betas[1] = 1.5, -1.5
    yield from open_bodies()
    shot("skel_3_own_body")
    keys = next(iter(rig.children)).data.shape_keys.key_blocks
    corrected = [key for key in keys if key.name.startswith("Pose left_knee")]
    assert len(corrected) == 1 and corrected[0].value < -0.3, "the corrective does not follow"


def steps() -> Steps:
    yield from fitted_and_seen()
    yield from own_body_and_sliders()


run(steps)
