"""The sampler chain in PyTorch."""
