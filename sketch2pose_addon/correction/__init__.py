"""The Correct tool: strokes and handles change a result, layer upon layer.

* The tool (`op_correct`) is an `edit_session`: while the mouse is down the gesture becomes an edit,
  the rig follows, and its end becomes one undo step.
* `edit_plane` turns the mouse into pixels of the drawing or picture; `stroke_interpretation` says
  which limb a stroke redraws, which joint a dot moves.
* Edits lie over the stored result in a `correction_layer`; `solve_corrections` asks the backend for
  the pose under all of them. Each can be switched off or removed in the panel.
"""

REGISTERED = ("edit_session", "panel", "op_corrections", "op_correct", "handles")
