"""The command line: one of the three faces of the workbench."""
