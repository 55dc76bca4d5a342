"""What makes a pot drop: its value, a probability, or time."""
