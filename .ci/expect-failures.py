"""Checks that a run found exactly the expected requirements: expect-failures.py RUN.json ID…"""

import json
import sys


def main(path, *expected):
    with open(path, encoding="utf-8") as file:
        verdicts = json.load(file)["verdicts"]
    wrong = []
    for variant in sorted({row["variant"] for row in verdicts if row["verdict"] != "not-applicable"}):
        failed = {row["requirement"] for row in verdicts if (row["variant"], row["verdict"]) == (variant, "fail")}
        wrong += [f"{id} [{variant}] was not found" for id in sorted(set(expected) - failed)]
        wrong += [f"{id} [{variant}] fails and ought not to" for id in sorted(failed - set(expected))]
    wrong += [f"{row['requirement']} [{row['variant']}] in {row['scenario']}: {row['verdict']}"
              for row in verdicts
              if row["verdict"] == "error" or (row["verdict"] == "warning" and row["requirement"] not in expected)]
    if not any(row["verdict"] == "pass" for row in verdicts):
        wrong.append("nothing passes")
    print("\n".join(wrong) or f"exactly {', '.join(expected)} fail, as expected")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
