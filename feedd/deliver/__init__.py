"""What is told to others after a pass: hubs and metrics."""
