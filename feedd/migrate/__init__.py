"""Other generators' folders -> a configuration to begin with."""
