"""Gaming Innovation Group: what changes of a customer, event by event."""
