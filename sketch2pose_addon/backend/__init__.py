"""Jobs: the backend's process, its preferences and the operators that wait for it."""

REGISTERED = ("preferences", "jobs", "op_cache", "op_cancel")
