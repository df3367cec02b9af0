"""SKEL motions as OpenSim's files and joint angles."""
