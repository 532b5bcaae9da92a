"""Sense: camera, faces, landmarks, measures, mood. No network, no pictures kept."""
