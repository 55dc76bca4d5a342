"""The writers of staff, service accounts and tokens."""
