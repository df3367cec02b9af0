"""The other poses that a drawing may show."""

REGISTERED = ("panel", "op_alternatives", "op_browse_alternatives")
