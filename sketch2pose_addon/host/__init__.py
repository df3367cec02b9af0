"""What Blender itself offers, in our terms; nothing here knows what a pose is estimated from.

* `axes` turns Blender's z-up world into the body's y-up one, in one place.
* `armatures` reads a rig as a `rigs.Skeleton`; its bone map is stored with it.
* `keyframes` writes channels of bones as keys in bulk, on Blender 4.2 to 5.2.
* `grease_pencil` reads and makes drawings of both generations; `drawing_capture` makes the strokes
  at a frame the drawing that the backend reads, through the camera of `viewport_camera`.
* `properties` are the settings of the scene and the state of the running job; `targets` says which
  rig and drawing are meant, and why not when there is none.
"""

REGISTERED = ("properties",)
