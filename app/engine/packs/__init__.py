"""Packs: engine hosts that are installed beside the program, and their archives."""
