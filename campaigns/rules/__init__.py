"""How facts of players come together; pure."""
