"""The commands about those who read private feeds."""
