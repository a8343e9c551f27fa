"""Spots with coordinates: reading them, how they lie in sections, and what their neighbourhoods say."""
