"""How people and systems reach it: one file a channel, one folder a kind of source."""
