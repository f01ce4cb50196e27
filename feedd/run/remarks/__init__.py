"""Remarks of a pass about settings: what is probably a slip, and what they leave without effect."""
