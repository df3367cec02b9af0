"""A BodyMotion becomes a pose or an action of the rig, and is stored with it."""

REGISTERED = ("op_place_on_surface",)
