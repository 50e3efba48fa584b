"""Stands in for the child that parses a file: eats memory, burns time, dies or says nothing, as its argument asks."""

import json
import os
import sys
import time

from services.meetings.adapters import extract_child, extract_limits


def hungry(data: bytes, kind: str) -> dict:
    return {"text": len(bytearray(2 * extract_limits.CHILD_MEMORY))}


match os.environ.get("LANG", ""):
    case "memory":
        extract_child.read_file = hungry
        sys.argv[1] = "docx"
        raise SystemExit(extract_child.main())
    case "sleep":
        time.sleep(60)
    case "die":
        os.abort()
    case "environment":
        sys.stdin.buffer.read()
        print(json.dumps({"text": " ".join(sorted(os.environ))}))
