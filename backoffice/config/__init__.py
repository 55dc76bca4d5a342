"""The parts of the settings that are the same everywhere; settings.py puts them together."""
