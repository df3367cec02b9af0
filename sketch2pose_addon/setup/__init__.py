"""Whether everything is in place."""

REGISTERED = ("op_setup_check",)
