"""The configuration: the text of a YAML file becomes a Config, or all of its mistakes at once."""
