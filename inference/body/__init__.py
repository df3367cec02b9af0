"""Body models: the default body that ships with Sketch2Pose, and users' own files."""

from .model import BodyModel, load_default_body

__all__ = ["BodyModel", "load_default_body"]
