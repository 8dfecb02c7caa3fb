"""Settings of all tests."""

from hypothesis import settings

# no deadline: the machine may be busy; the same examples every time, so that a test fails for its own reasons
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")
