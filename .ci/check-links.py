"""Checks that the relative links of all Markdown files lead somewhere, down to the heading."""

import pathlib
import re
import subprocess
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(path):
    """The headings of a page as link targets, in the manner of code hosting sites."""
    headings = re.findall(r"^#+ +(.*)$", CODE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken(page):
    for target in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name) if name else page
        if not path.exists():
            yield f"{page}: {target}: there is no such file"
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            yield f"{page}: {target}: there is no such heading"


def main():
    listed = subprocess.run(["git", "ls-files", "*.md"], check=True, capture_output=True, text=True).stdout.split()
    wrong = [line for name in listed for line in broken(pathlib.Path(name))]
    print("\n".join(wrong) or f"{len(listed)} pages: all links lead somewhere")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
