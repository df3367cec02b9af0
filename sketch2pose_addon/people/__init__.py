"""Several people of one result and the rigs that take them over.

A result with several people leaves a table in the scene (`person_table`); the panel picks a rig for
each, *Assign People* keys them all in one undo step.
"""

REGISTERED = ("panel", "op_assign_people")
