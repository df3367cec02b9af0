"""What ``build.py`` does: environments, wheels, the zip, tests, the demo, release checks."""
