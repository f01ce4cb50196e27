"""What keeps an item from being published, also where its file is damaged."""
