"""Training of the nets in ``inference/weights``. Never imported at run time."""
