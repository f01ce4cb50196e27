"""What subscribers meet at the public address: asked for as feed readers do, and judged."""
