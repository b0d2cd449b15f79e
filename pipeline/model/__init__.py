"""Nouns: what things are. They open nothing but schemas/ and import only each other."""
