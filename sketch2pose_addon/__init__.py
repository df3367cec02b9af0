"""Everything that knows Blender: panels, operators, capture, jobs and keyframes.

The package is thin: pose estimation happens in the backend process (`inference`), retargeting in
`rigs`. Nothing happens at import; `registration.register()` starts it all.
"""
