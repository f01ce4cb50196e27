"""Which entries report one event, and which of them leads the story. Pure."""
