"""Grammars for llama.cpp: GBNF, what is refused of it before it is walked, and JSON schemas."""
