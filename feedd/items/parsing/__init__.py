"""Parts of parsing: a file that was read, and the outcome for a file."""
