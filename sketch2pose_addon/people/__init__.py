"""Several people of one result and the rigs that take them over."""

REGISTERED = ("panel", "op_assign_people")
