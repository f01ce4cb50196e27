"""The words of the command line: a parser for each command."""
