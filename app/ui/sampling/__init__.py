"""The sampling panel: presets, one row for each parameter."""
