"""What the guide's commands need of curl and jq, so that its test asks no machine to have them.

`python stand_ins.py curl …` sends one request and fails on a refusal; `python stand_ins.py jq …` follows a path, or
runs the one longer program of the guide.
"""

import json
import re
import sys
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ANSWERS = (
    '[.items | to_entries[] | {key: .value.key, result: "normal", answered_at: ($t + 20 * .key | todate)}'
    " + (if .value.reading then {reading: (.value.reading.min // .value.reading.max)} else {} end)]"
    ' | .[0].result = "abnormal" | .[0].note = "现场有异常，已拍照"'
)
TAKES_VALUE = ("-X", "-H", "-d", "-o", "-w", "--data-binary", "--data-urlencode")


def curl(arguments: list[str]) -> int:
    """Send one request; the exit status is that of `curl --fail`, unless the status is asked for (-w)."""
    given: dict[str, list[str]] = {name: [] for name in TAKES_VALUE}
    rest = iter(arguments)
    flags, url = set(), ""
    for argument in rest:
        if argument in given:
            given[argument].append(next(rest))
        elif argument.startswith("-"):
            flags.add(argument)
        else:
            url = argument
    if "-G" in flags:
        pairs = [tuple(pair.split("=", 1)) for pair in given["--data-urlencode"]]
        url += "?" + urlencode(pairs)
    content = [read(value) for value in given["-d"] + given["--data-binary"]]
    headers = dict(header.split(": ", 1) for header in given["-H"])
    method = given["-X"][0] if given["-X"] else "POST" if content else "GET"
    target = urlsplit(url)
    connection = HTTPConnection(target.netloc, timeout=60)
    connection.request(method, f"{target.path}?{target.query}", content[0] if content else None, headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status >= 400 and not given["-w"]:
        sys.stderr.write(f"{method} {url}: {answer.status} {body.decode()}\n")
        return 22
    if given["-o"]:
        Path(given["-o"][0]).write_bytes(body)
    else:
        sys.stdout.buffer.write(body)
    if given["-w"]:
        sys.stdout.write(str(answer.status))
    return 0


def read(value: str) -> bytes:
    """What curl sends for @file, @- or the text itself."""
    if value == "@-":
        return sys.stdin.buffer.read()
    return Path(value[1:]).read_bytes() if value.startswith("@") else value.encode()


def jq(arguments: list[str]) -> int:
    """Print what a program makes of a file or of the input; nothing there is an error, not null."""
    start = 0
    if "--argjson" in arguments:
        place = arguments.index("--argjson")
        start, arguments = int(arguments[place + 2]), arguments[:place] + arguments[place + 3 :]
    program, *files = [argument for argument in arguments if not argument.startswith("-")]
    data = json.loads(Path(files[0]).read_text(encoding="utf-8") if files else sys.stdin.read())
    found = answers(data, start) if program == ANSWERS else follow(data, program)
    raw = "-r" in arguments and isinstance(found, str)
    sys.stdout.write((found if raw else json.dumps(found, ensure_ascii=False)) + "\n")
    return 0


def follow(data: Any, path: str) -> Any:
    """What lies at .a.b[0].c"""
    assert re.fullmatch(r"\.|(\.\w+|\[\d+\])+", path), path
    for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        data = data[name] if name else data[int(place)]
    return data


def answers(checklist: Any, start: int) -> list[dict[str, Any]]:
    """The answers of an inspection, one every 20 s from the start: the first item abnormal, the others normal."""
    found = []
    for place, item in enumerate(checklist["items"]):
        reading = item["reading"] and {"reading": item["reading"]["min"] or item["reading"]["max"]}
        at = datetime.fromtimestamp(start + 20 * place, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append({"key": item["key"], "result": "normal", "answered_at": at, **(reading or {})})
    found[0].update(result="abnormal", note="现场有异常，已拍照")
    return found


if __name__ == "__main__":
    sys.exit({"curl": curl, "jq": jq}[sys.argv[1]](sys.argv[2:]))
