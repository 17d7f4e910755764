"""Figures for the documentation: how long, how many bytes, beside whom; each file says how it measures."""
