"""Models in the window: loading, list, downloads, adapters, passports, smaller copies."""
