"""Smaller models: layers and heads taken, a teacher's answers learned, the price measured."""
