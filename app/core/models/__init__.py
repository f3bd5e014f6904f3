"""Models on this machine and in the catalogue: found, checked, copied, removed."""
