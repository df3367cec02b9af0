"""SKEL: a skeleton with 46 anatomical degrees of freedom inside an SMPL-like skin.

Own implementation from published facts (Keller et al., "From Skin to Skeleton", SIGGRAPH Asia
2023); nothing comes from its non-commercial code or data.
"""
