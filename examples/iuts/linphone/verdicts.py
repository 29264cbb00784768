#!/usr/bin/env python3
"""The verdicts of a run as sorted text, to be kept and compared.

    verdicts.py RUN.json GOLDEN          says what is not as in the golden file; status 1 if anything is
    verdicts.py --write RUN.json GOLDEN  writes the golden file

RUN.json is what `imdnspec run --json` writes. What the ICS declares not to be applicable is left out.
"""

import difflib
import json
import sys


def lines(run):
    """The program, then a line for each requirement and scenario: one verdict, or one for each variant."""
    found = {}
    for row in run["verdicts"]:
        if row["verdict"] != "not-applicable":
            found.setdefault((row["requirement"], row["scenario"]), {})[row["variant"]] = row["verdict"]
    yield f"# {run['iut']}"
    for (requirement, scenario), verdicts in sorted(found.items()):
        words = set(verdicts.values())
        each = ", ".join(f"{variant} {verdict}" for variant, verdict in sorted(verdicts.items()))
        yield f"{requirement} {scenario}: {words.pop() if len(words) == 1 else each}"


def compare(golden, current):
    """What to print, and whether that is a failure."""
    if golden[0] != current[0]:
        return (f"The golden file is of {golden[0][2:]}, and this is {current[0][2:]}: nothing is compared. Look at what this "
                "version does, and write a golden file for it with --write."), False
    differences = [line for line in difflib.unified_diff(golden, current, "golden", "this run", n=0, lineterm="")
                   if not line.startswith("@@")]
    return "\n".join(differences) or f"{len(current) - 1} verdicts are as in the golden file", bool(differences)


def main(*arguments):
    write = arguments[:1] == ("--write",)
    if len(arguments) != 2 + write:
        print(__doc__, file=sys.stderr)
        return 2
    source, golden = arguments[write:]
    with open(source, encoding="utf-8") as file:
        current = list(lines(json.load(file)))
    if write:
        with open(golden, "w", encoding="utf-8") as file:
            file.write("\n".join(current) + "\n")
        return 0
    with open(golden, encoding="utf-8") as file:
        text, differs = compare(file.read().splitlines(), current)
    print(text)
    return int(differs)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
