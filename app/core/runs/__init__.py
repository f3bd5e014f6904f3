"""Run records: what was trained on what, with which figures; listed and compared."""
