"""Front matter: the head of a file becomes a tree of mappings, lists and text."""
