"""The main window and the controllers that its menus reach."""
