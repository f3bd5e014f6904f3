"""Proof that the bundles work on machines that are not ours: fresh trees of Debian and Ubuntu."""
