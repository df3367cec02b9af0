"""The Correct tool: strokes and handles change a result, layer upon layer."""

REGISTERED = ("edit_session", "panel", "op_corrections", "op_correct", "handles")
