"""The pages of players and of the data manager."""
