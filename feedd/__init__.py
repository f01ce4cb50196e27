"""feedd publishes a folder of Markdown items as Atom, RSS and JSON feeds."""

__version__ = "0.2.0.dev0"
