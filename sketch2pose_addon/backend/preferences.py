"""Preferences: where the backend runs, on what, and whether everything is in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from .addon import ADDON_ID
from .model_files import ModelFiles, draw_model_files

if TYPE_CHECKING:
    from bpy.types import Context

DEVICES = (
    ("auto", "Automatic", "The fastest device that works, the CPU if there is no other"),
    ("cpu", "CPU", "Works everywhere"),
    ("cuda", "CUDA", "NVIDIA graphics card; needs the GPU variant of the extension"),
    ("directml", "DirectML", "Any graphics card on Windows; needs the GPU variant"),
    ("coreml", "Core ML", "Apple's neural engine and graphics, on macOS"),
)


def _restart_backend(_self: object, _context: Context) -> None:
    from . import jobs

    jobs.stop()  # the next job starts it again, with the new settings


class Sketch2PosePreferences(ModelFiles, bpy.types.AddonPreferences):
    bl_idname = ADDON_ID

    device: EnumProperty(
        name="Device",
        description="What estimates the poses. Falls back to the CPU, and says so",
        items=DEVICES,
        default="auto",
        update=_restart_backend,
    )
    threads: IntProperty(
        name="Threads",
        description="Processor threads for estimating. 0 leaves the choice to Sketch2Pose",
        default=0,
        min=0,
        max=64,
        update=_restart_backend,
    )
    model_folder: StringProperty(
        name="Models",
        description="Folder with your own body models and networks. Empty: those that came with "
        "the extension",
        subtype="DIR_PATH",
        update=_restart_backend,
    )
    backend_python: StringProperty(
        name="Python",
        description="Python program that runs the backend. Empty: Blender's own. "
        "For the light download, point it to a Python with onnxruntime and "
        "opencv-python-headless installed",
        subtype="FILE_PATH",
        update=_restart_backend,
    )
    wheel_folder: StringProperty(
        name="Libraries",
        description="Folder with the backend's libraries, made with "
        "'pip install --target FOLDER onnxruntime opencv-python-headless'. "
        "Empty: those that came with the extension",
        subtype="DIR_PATH",
        update=_restart_backend,
    )
    report: StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def draw(self, context: Context) -> None:
        from .preferences_sections import draw_sections

        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(heading="Estimate On")
        column.prop(self, "device")
        column.prop(self, "threads")
        column = layout.column()
        column.prop(self, "model_folder")
        draw_model_files(column, self)
        column.separator()
        column.label(text="Backend installed elsewhere (light download)")
        column.prop(self, "backend_python")
        column.prop(self, "wheel_folder")
        layout.separator()
        layout.operator("sketch2pose.setup_check", icon="CHECKMARK")
        self._draw_report(layout)
        draw_sections(layout, context)

    def _draw_report(self, layout: bpy.types.UILayout) -> None:
        if not self.report:
            return
        box = layout.box().column(align=True)
        box.scale_y = 0.8
        for line in self.report.splitlines():
            mark, _, text = line.partition(" ")
            box.label(text=text, icon={"+": "CHECKMARK", "!": "ERROR"}.get(mark, "BLANK1"))
        layout.operator("sketch2pose.copy_report", icon="COPYDOWN")


classes = (Sketch2PosePreferences,)
