"""The temporal lifter: what a clip's noisy landmarks say about the body's parts.

motions, cameras      people who move, seen by cameras (motion pack, key poses, limb swaps)
people, painting      pictures of them: clothes, light, ground, clutter
detections            the shipped detector run on those pictures, beside the truth
noise                 a model of what it gets wrong, fitted on that
batches, net, losses  training; `python -m sketch2pose.inference.training.temporal_lifter.train`
export                the ONNX file and its card
"""
