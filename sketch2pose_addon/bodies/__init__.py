"""Bodies made here: the default one and those of the user's own model files."""

REGISTERED = ("body_shape", "panel", "op_create_body", "op_create_own_body")
