"""The writers of operators and brands."""
