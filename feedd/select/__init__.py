"""Which feeds there are, which entries belong to each, and in which order. Pure."""
