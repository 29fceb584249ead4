"""``python -m mappa_portal.alive``: whether the web server of this machine answers, for health checks."""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def answer(path: str, environment: dict[str, str] | os._Environ) -> tuple[bool, str]:
    """Asked on the loopback address under the public host name, which is the one that is allowed."""
    public = urlsplit(environment.get("PUBLIC_URL", "http://127.0.0.1"))
    address = f"http://127.0.0.1:{environment.get('PORT', '8000')}{path}"
    request = urllib.request.Request(address, headers={"Host": public.netloc})
    try:
        with urllib.request.urlopen(request, timeout=5) as found:  # nosec B310 (always http)
            return True, found.read(500).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return False, error.read(500).decode(errors="replace") or str(error)
    except OSError as error:
        return False, str(error)


if __name__ == "__main__":
    alive, words = answer("/healthz", os.environ)
    sys.exit(None if alive else words)
