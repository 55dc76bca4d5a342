"""Plain shapes that travel between transports, kinds and the apps above; pure."""
