"""Seeing what was read, and where it is a guess.

* The `overlay` shows detected joints over drawing or picture and, if wanted, the `solved_body` in
  its own proportions beside the rig.
* *View Through Source Camera* looks through the camera of the picture, with the picture behind.
* Low-confidence frames of clips are marked on the timeline and visited one by one.
"""

REGISTERED = ("panel", "op_source_camera", "op_low_confidence_frames", "overlay")
