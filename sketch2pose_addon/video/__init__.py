"""Clips and motion files become actions, with the scene that shows the clip.

* *Motion from Video* takes a file, a movie clip, a camera's background or a strip (`footage`), with
  the scene's own camera when it was solved (`scene_camera`), and keys everybody found.
* `clip_scene` sets frame rate, range, camera and background so that the rig lies over the clip.
* *Import Motion* keys the motions of other programs' files.
* *Compare with Clip* renders the rigs beside their clip (`clip_and_rigs`, `comparison_render`).
"""

REGISTERED = ("op_compare_with_clip", "op_import_motion", "op_motion_from_video")
