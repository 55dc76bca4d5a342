"""What only machines do."""
