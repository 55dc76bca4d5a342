"""How players lie in the database; pure."""
