"""The window: widgets that show state and report gestures, and the session that decides."""
