"""Settings that are sound by themselves: what contradicts another, or cannot be used here."""
