"""Writes the README's generated parts out of the program's own tables, or checks them."""
