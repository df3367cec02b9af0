"""Parts of the SKEL benchmark.

`balancing_body25b_ik.csv`: OpenSim's inverse kinematics of the balancing clip's keypoints, degrees,
from Pose2Sim's demo of 2024 (© 2022 perfanalytics, BSD-3-Clause; docs/licenses/pose2sim.md).
"""
