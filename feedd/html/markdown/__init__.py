"""Markdown in: what its author wrote in it, as HTML that is not yet safe."""
