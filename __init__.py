"""Sketch2Pose: a drawing becomes keyframes on the rig that is already in the scene.

The repository root is the Blender extension. This file imports nothing before Blender asks for
it, so that tests and tools can import the root without ``bpy``.
"""


def register() -> None:
    """Register the extension's classes with Blender."""
    from .sketch2pose_addon import registration

    registration.register()


def unregister() -> None:
    """Undo ``register`` in reverse order and stop the backend process."""
    from .sketch2pose_addon import registration

    registration.unregister()
