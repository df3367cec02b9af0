"""Jobs: how work leaves Blender's process and comes back.

* An operator (`job_operator`, `file_job_operator`) builds a request and submits it to `jobs`.
* `jobs` starts the backend (`backend_process`) with the first request and keeps it warm; `pump`
  hands its messages on: from a timer in a window, from a loop in background mode.
* Progress, warnings and errors reach the panel; a finished job calls the operator back, which is
  the only moment the scene changes. Cancel, crash and a closed file end a job without a trace.
* `preferences` say where the backend runs and on what; `addon` is the leaf that everybody may ask.
"""

REGISTERED = ("preferences", "jobs", "op_cache", "op_cancel")
