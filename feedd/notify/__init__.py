"""What is told after a pass: to hubs, to who measures."""
