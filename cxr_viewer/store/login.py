"""Who is logged in, as the reader's name where nobody says another one."""

import getpass


def login_name() -> str:
    """Return the login name, or "reader" where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "reader"
