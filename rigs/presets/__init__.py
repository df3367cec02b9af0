"""Rig families as data: one JSON file each, read on demand (docs/add_a_rig.md)."""
