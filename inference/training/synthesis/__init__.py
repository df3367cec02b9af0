"""Synthesis of drawings of people with exact labels (Sketch2PoseNet 2025: learn from synthesis).

Data flows one way: ``poses`` (what the body does) -> ``figure`` (proportions, camera,
labels) -> ``articulated`` or ``body_lines`` (how it is drawn) -> ``props`` and ``paper``
(what surrounds it) -> ``sample`` (one training batch).

Everything is drawn on an *ink map*: uint8 [S, S], 0 = paper, 255 = ink.
"""
