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
    ("auto", "Automatic", "Use the fastest device that works, or the CPU if there is no other"),
    ("cpu", "CPU", "Use the processor, which works everywhere"),
    ("cuda", "CUDA", "Use an NVIDIA graphics card. Needs the GPU variant of the extension"),
    (
        "directml",
        "DirectML",
        "Use any graphics card on Windows. Needs the GPU variant of the extension",
    ),
    ("coreml", "Core ML", "Use Apple's neural engine and graphics on macOS"),
)


def _restart_backend(_self: object, _context: Context) -> None:
    from . import jobs

    jobs.stop()  # the next job starts it again, with the new settings


class Sketch2PosePreferences(ModelFiles, bpy.types.AddonPreferences):
    bl_idname = ADDON_ID

    device: EnumProperty(
        name="Device",
        description=(
            "Device on which poses are estimated. If it is not available, the CPU is used and "
            "a warning is shown"
        ),
        items=DEVICES,
        default="auto",
        update=_restart_backend,
    )
    threads: IntProperty(
        name="Threads",
        description="Number of processor threads used for estimation. 0 chooses it automatically",
        default=0,
        min=0,
        max=64,
        update=_restart_backend,
    )
    model_folder: StringProperty(
        name="Models",
        description=(
            "Folder with your own body models and networks. If empty, those of the extension "
            "are used"
        ),
        subtype="DIR_PATH",
        update=_restart_backend,
    )
    backend_python: StringProperty(
        name="Python",
        description=(
            "Python program that runs the backend. If empty, Blender's own is used. For the "
            "light download, choose a Python with onnxruntime and opencv-python-headless "
            "installed"
        ),
        subtype="FILE_PATH",
        update=_restart_backend,
    )
    wheel_folder: StringProperty(
        name="Libraries",
        description=(
            "Folder with the libraries of the backend, made with 'pip install --target FOLDER "
            "onnxruntime opencv-python-headless'. If empty, those of the extension are used"
        ),
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
        column.label(text="External Backend (Light Download)")
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
