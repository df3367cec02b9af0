"""Whether everything is in place: versions, device, models, folders, in words to be copied."""

REGISTERED = ("op_setup_check",)
