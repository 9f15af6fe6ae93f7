"""Other people's learned metrics, each on a few lines of torch: a file per architecture.

Sequences of one length are run together and nothing is padded, so that a score does not depend on its company. Torch
is imported when a model is loaded.
"""
