"""Repairing the store: damaged ones set aside, what they still give, and merging two stores."""
