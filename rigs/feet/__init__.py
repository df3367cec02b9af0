"""Feet on the ground: contacts, locks, soles."""
