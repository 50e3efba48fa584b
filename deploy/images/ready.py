"""Whether the process on this port says that it is ready; the health check of a container: `ready.py PORT`.

Ends with 0 or 1, and prints what is missing, which `docker inspect` then shows. Standard library only, few imports:
it runs every few seconds.
"""

import http.client
import sys

SECONDS = 4


def main(port: str) -> int:
    """Ask /health/ready once."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        body = answer.read(4096).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        body = repr(error)
    else:
        if answer.status == http.client.OK:
            return 0
    print(body)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
