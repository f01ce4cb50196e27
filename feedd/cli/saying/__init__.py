"""Reports of commands in words, a module for each."""
