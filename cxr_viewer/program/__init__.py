"""The program as one running thing of one user: starts that meet, a trail for crash reports, checks of itself."""
