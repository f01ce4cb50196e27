"""What is told after a pass: to hubs."""
