"""Tuning of llama.cpp to this machine: threads, flash attention, batch, wait policy."""
