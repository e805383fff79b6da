"""Settings, errors, clock, identity, language: what every part may rely on. Imports nothing of ours."""
