"""Corrections over a solved pose: one limb, one joint, one depth; the rest of the figure holds."""
