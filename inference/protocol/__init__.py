"""What the add-on and the backend share: values, messages, the client. Stdlib and NumPy only.

Imports inside this package are relative, because inside Blender it lives under
`bl_ext.<repository>.sketch2pose`.
"""
