"""What the add-on keeps: settings in the scene (saved), the job's state in the window manager.

The window manager is not part of undo and its properties are not saved, which is what the state of
a running job needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

if TYPE_CHECKING:
    from bpy.types import Context, Object

PLACEMENTS = (
    (
        "GROUND",
        "On Ground",
        "Place the figure where it was drawn, with the lowest part of the body on the ground plane",
    ),
    (
        "DRAWN",
        "As Drawn",
        "Place the figure exactly where it was drawn, even above or below the ground",
    ),
    ("KEEP", "At Rig", "Apply only the pose and keep the rig where it is"),
    (
        "SURFACE",
        "On Surface",
        "Place the figure where it was drawn, on the surface below the hips, such as a "
        "floor, stairs or a table",
    ),
    ("CURSOR", "At 3D Cursor", "Place the figure on the 3D cursor"),
)

FACINGS = (
    (
        "RIG",
        "Same as Rig",
        "A figure that faces the viewer of the image faces the same way as the rig",
    ),
    (
        "CAMERA",
        "Current View",
        "Make the figure face as in the image when viewed from this viewport",
    ),
    (
        "WORLD",
        "World",
        "Make the figure face as in the image when viewed from the front (Numpad 1)",
    ),
)

KEYINGS = (
    ("ALWAYS", "Always", "Insert keyframes for the pose at the current frame"),
    (
        "AUTO",
        "With Auto Keying",
        "Insert keyframes only while Auto Keying is enabled in the timeline. Otherwise, "
        "pose the rig without keyframes",
    ),
)

IN_BETWEENS = (
    ("CONSTANT", "Stepped", "Hold every pose until the next drawing, as in blocking"),
    (
        "HOLD",
        "Hold, Then Move",
        "Hold every pose and move to the next one shortly before its keyframe",
    ),
    ("BEZIER", "Eased", "Move from pose to pose continuously"),
)

IMAGE_KINDS = (
    ("AUTO", "By Content", "Distinguish drawings from photos by their background"),
    ("DRAWING", "Drawings", "Interpret every image as a drawing"),
    ("PHOTO", "Photos", "Interpret every image as a photo, render or painting of a person"),
)


def is_armature(_self: object, candidate: Object) -> bool:
    """Filter of the rig picker."""
    return candidate.type == "ARMATURE"


def is_grease_pencil(_self: object, candidate: Object) -> bool:
    """Filter of the drawing picker: Grease Pencil of either generation."""
    return candidate.type in {"GREASEPENCIL", "GPENCIL"}


class Sketch2PosePerson(bpy.types.PropertyGroup):
    """One person of the last result with several, see `people`; saved with the file."""

    label: StringProperty(name="Person", options={"HIDDEN"})
    rig: PointerProperty(
        name="Rig",
        description=(
            "Armature that receives the motion of this person. If empty, the person is skipped"
        ),
        type=bpy.types.Object,
        poll=is_armature,
    )
    result: StringProperty(options={"HIDDEN"})


class Sketch2PoseSettings(bpy.types.PropertyGroup):
    """Settings of the scene, at `scene.sketch2pose`."""

    target: PointerProperty(
        name="Rig",
        description="Armature that receives the pose. If empty, the active armature is used",
        type=bpy.types.Object,
        poll=is_armature,
    )
    drawing: PointerProperty(
        name="Drawing",
        description=(
            "Grease Pencil object with the drawn figure. If empty, the active Grease Pencil "
            "object is used"
        ),
        type=bpy.types.Object,
        poll=is_grease_pencil,
    )
    placement: EnumProperty(
        name="Placement",
        description="Where to place the posed figure",
        items=PLACEMENTS,
        default="GROUND",
    )
    facing: EnumProperty(
        name="Image Facing",
        description=(
            "Facing direction of the figure in an image. Drawings in the scene face as drawn"
        ),
        items=FACINGS,
        default="RIG",
    )
    keying: EnumProperty(
        name="Keyframes",
        description="When to insert keyframes",
        items=KEYINGS,
        default="ALWAYS",
    )
    image_kind: EnumProperty(
        name="Images",
        description="How to interpret image files",
        items=IMAGE_KINDS,
        default="AUTO",
    )
    people: CollectionProperty(type=Sketch2PosePerson)
    in_betweens: EnumProperty(
        name="In-Betweens",
        description="How to interpolate between the poses of several drawings",
        items=IN_BETWEENS,
        default="CONSTANT",
    )
    move_frames: IntProperty(
        name="Transition Frames",
        description="Number of frames before the next pose in which the rig moves to it",
        default=4,
        min=1,
    )
    show_overlay: BoolProperty(
        name="Show Detected Joints",
        description=(
            "Show the detected joints over the drawing. Blue is high, yellow medium and orange "
            "low confidence"
        ),
        default=True,
    )
    show_solved_body: BoolProperty(
        name="Show Solved Body",
        description="Show the solved body in its own proportions next to the rig",
    )
    low_confidence_threshold: FloatProperty(
        name="Low-Confidence Threshold",
        description=(
            "Frames whose mean confidence over all joints is below this value count as "
            "low-confidence"
        ),
        default=0.4,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )


class Sketch2PoseStatus(bpy.types.PropertyGroup):
    """State of the running or last job, at `window_manager.sketch2pose`."""

    running: BoolProperty(options={"HIDDEN"})
    may_stop_early: BoolProperty(options={"HIDDEN"})
    factor: FloatProperty(min=0.0, max=1.0, subtype="FACTOR", options={"HIDDEN"})
    text: StringProperty(options={"HIDDEN"})
    result: StringProperty(options={"HIDDEN"})
    level: EnumProperty(
        items=(("INFO", "Info", ""), ("WARNING", "Warning", ""), ("ERROR", "Error", "")),
        options={"HIDDEN"},
    )


classes = (Sketch2PosePerson, Sketch2PoseSettings, Sketch2PoseStatus)


def settings(context: Context) -> Sketch2PoseSettings:
    """The settings of the context's scene."""
    return context.scene.sketch2pose


def status(context: Context) -> Sketch2PoseStatus:
    """The state shown in the panel."""
    return context.window_manager.sketch2pose


def register() -> None:
    bpy.types.Scene.sketch2pose = PointerProperty(type=Sketch2PoseSettings)
    bpy.types.WindowManager.sketch2pose = PointerProperty(type=Sketch2PoseStatus)


def unregister() -> None:
    del bpy.types.WindowManager.sketch2pose
    del bpy.types.Scene.sketch2pose
