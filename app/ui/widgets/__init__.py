"""Widgets and styles that know nothing of models or documents."""
