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
        "On the Ground",
        "Stand where it was drawn, with the lowest part of the body on the ground plane",
    ),
    ("DRAWN", "As Drawn", "Stand exactly where it was drawn, also above or below the ground"),
    ("KEEP", "At the Rig", "Keep the rig where it is and take over the pose only"),
    (
        "SURFACE",
        "On a Surface",
        "Stand where it was drawn, on what lies below the hips: floor, stairs, a table",
    ),
    ("CURSOR", "At the 3D Cursor", "Stand on the 3D cursor"),
)

FACINGS = (
    ("RIG", "As the Rig", "A figure that faces the picture's viewer faces the way the rig does"),
    ("CAMERA", "As Seen Here", "Seen from this viewport, the figure faces as in the picture"),
    ("WORLD", "World", "Seen from the front (numpad 1), the figure faces as in the picture"),
)

KEYINGS = (
    ("ALWAYS", "Always", "Insert keyframes for the pose at the current frame"),
    (
        "AUTO",
        "With Auto Keying",
        "Insert keyframes only while Auto Keying is on in the timeline; "
        "otherwise pose the rig and leave the keys to you",
    ),
)

IN_BETWEENS = (
    ("CONSTANT", "Stepped", "Hold every pose until the next drawing, as in blocking"),
    ("HOLD", "Hold, then Move", "Hold every pose and move to the next one shortly before it"),
    ("BEZIER", "Eased", "Move from pose to pose all the time"),
)

IMAGE_KINDS = (
    ("AUTO", "By Content", "Tell drawings from photos by their background"),
    ("DRAWING", "Drawings", "Read every image as a drawing"),
    ("PHOTO", "Photos", "Read every image as a photo, render or painting of a person"),
)


def is_armature(_self: object, candidate: Object) -> bool:
    """Filter of the rig picker."""
    return candidate.type == "ARMATURE"


def is_grease_pencil(_self: object, candidate: Object) -> bool:
    """Filter of the drawing picker: grease pencil of either generation."""
    return candidate.type in {"GREASEPENCIL", "GPENCIL"}


class Sketch2PosePerson(bpy.types.PropertyGroup):
    """One person of the last result with several, see `people`; saved with the file."""

    label: StringProperty(name="Person", options={"HIDDEN"})
    rig: PointerProperty(
        name="Rig",
        description="Armature that takes over this person. Left empty, the person is left out",
        type=bpy.types.Object,
        poll=is_armature,
    )
    result: StringProperty(options={"HIDDEN"})


class Sketch2PoseSettings(bpy.types.PropertyGroup):
    """Settings of the scene, at `scene.sketch2pose`."""

    target: PointerProperty(
        name="Rig",
        description="Armature that receives the pose. Left empty, the active armature is used",
        type=bpy.types.Object,
        poll=is_armature,
    )
    drawing: PointerProperty(
        name="Drawing",
        description="Grease pencil object that holds the figure. "
        "Left empty, the active grease pencil object is used",
        type=bpy.types.Object,
        poll=is_grease_pencil,
    )
    placement: EnumProperty(
        name="Place",
        description="Where the posed figure stands",
        items=PLACEMENTS,
        default="GROUND",
    )
    facing: EnumProperty(
        name="Picture Faces",
        description="Which way the figure of a picture faces. Drawings in the scene face as drawn",
        items=FACINGS,
        default="RIG",
    )
    keying: EnumProperty(
        name="Keys",
        description="When keyframes are inserted",
        items=KEYINGS,
        default="ALWAYS",
    )
    image_kind: EnumProperty(
        name="Images",
        description="How image files are read",
        items=IMAGE_KINDS,
        default="AUTO",
    )
    people: CollectionProperty(type=Sketch2PosePerson)
    in_betweens: EnumProperty(
        name="In-betweens",
        description="What happens between the poses of several drawings",
        items=IN_BETWEENS,
        default="CONSTANT",
    )
    move_frames: IntProperty(
        name="Move Within",
        description="Frames before the next pose in which the rig moves there",
        default=4,
        min=1,
    )
    show_overlay: BoolProperty(
        name="Show What Was Read",
        description="Show over the drawing where joints were found: "
        "blue is sure, yellow likely, orange a guess",
        default=True,
    )
    show_solved_body: BoolProperty(
        name="Ghost of the Solved Body",
        description="Show the body as it was solved, in its own proportions, beside the rig",
    )
    low_confidence_threshold: FloatProperty(
        name="Weak Below",
        description="Mean confidence of all joints below which a frame counts as a guess",
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
