"""Spelling on the page: marks, suggestions and own words."""
