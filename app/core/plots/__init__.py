"""Plots of our own drawing: scales and curves as numbers, images as SVG, pages as HTML."""
