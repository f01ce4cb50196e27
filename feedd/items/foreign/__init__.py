"""Fields in the words of other publishers: their names, their shapes, and the links of their sites."""
