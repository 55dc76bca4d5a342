"""How Potluck is started: by the local launcher, in containers, by a process manager."""
