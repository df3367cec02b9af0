"""Operators, one file each. Every module offers its classes as `classes`."""
