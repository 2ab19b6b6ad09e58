#!/usr/bin/env python3
"""Finds TRY inside braces that make an object, behind another member: GCC and Clang leak the members that were made before when TRY returns.

Run by ctest as test_try; prints one line a place and exits with 1 when there is any.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

NOISE = re.compile(r"//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])'")
# What stands before the brace of a block, not of an object.
BLOCK = re.compile(r"([);:{}]|\b(else|do|try|const|noexcept|mutable|override)|->\s*[\w:<>, *&]+)$")


def leaks(text, place):
    """Whether the TRY at this place is behind a comma of a brace that makes an object, however deep below it."""
    closed, follows = 0, False
    for at in range(place - 1, -1, -1):
        mark = text[at]
        if mark in ")}]":
            closed += 1
        elif mark in "([{" and closed:
            closed -= 1
        elif mark == "{":
            return follows and not BLOCK.search(text[:at].rstrip())
        elif mark in "([":
            follows = False
        elif mark == ";" and not closed:
            return False
        elif mark == "," and not closed:
            follows = True
    return False


def main():
    # So that a check that has gone blind is no passing check.
    assert leaks("return A{path, TRY(", 15) and leaks("f(A{path, g(TRY(", 12) and not leaks("return A{TRY(", 9) and not leaks("{ f(path, TRY(", 10)
    found = 0
    for room in ("core", "ui", "app"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix not in (".cpp", ".h"):
                continue
            text = NOISE.sub(lambda noise: " " * len(noise[0]), path.read_text(encoding="utf-8"))
            for place in (match.start() for match in re.finditer(r"\bTRY\(", text)):
                if not leaks(text, place):
                    continue
                found += 1
                line = text.count("\n", 0, place) + 1
                print(f"{path.relative_to(ROOT).as_posix()}:{line}: TRY behind another member of an object in braces leaks that member; call it before")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
