"""The bundles: the program frozen by PyInstaller, checked, and packed for Linux."""
