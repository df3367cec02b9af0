"""The SKEL fit in PyTorch, for graphics cards and motions of many thousands of frames.

A twin of `inference.skel`: the same facts, sums and steps, to the last digits (tests). It is not
shipped, as nothing of the product needs PyTorch at run time; it serves the conversion of whole
motion libraries.
"""
