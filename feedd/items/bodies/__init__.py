"""Bodies of other generators: Markdown with marks of their template languages, in; Markdown without them, out."""
