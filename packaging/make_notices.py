"""Writes THIRD_PARTY_NOTICES.md from what the built program is linked to; a library nobody has written a licence down for is an error.

    make_notices.py PROGRAM libraries.json OUTPUT.md
"""
import json
import pathlib
import re
import subprocess
import sys


def linked_libraries(program: str) -> list[str]:
    """The sonames the dynamic section asks for, without their versions."""
    dynamic = subprocess.run(["readelf", "-d", program], check=True, text=True, capture_output=True).stdout
    return [re.sub(r"\.so.*", ".so", name) for name in re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)]


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows]] + [""]


def main() -> None:
    program, facts_file, output = sys.argv[1:]
    facts = json.loads(pathlib.Path(facts_file).read_text(encoding="utf-8"))
    linked = linked_libraries(program)
    unknown = [name for name in linked if name not in facts["linked"]]
    if unknown:
        sys.exit(f"{facts_file} says nothing about {', '.join(unknown)}, which {program} is linked to: add name and licence")
    lines = ["# Third-party notices", "", "Headroom's own code is under the BSD 3-Clause licence.", "", "## Inside this package", ""]
    lines += table(["part", "licence", "text"], facts["inside"])
    lines += ["## Linked to", ""]
    rows: dict[str, list[str]] = {}
    for name in linked:
        what, licence = facts["linked"][name]
        rows.setdefault(what, [what, licence, ""])[2] += (", " if rows[what][2] else "") + name
    lines += table(["library", "licence", "files"], sorted(rows.values(), key=lambda row: row[0].lower()))
    lines += ["## Compiled in", ""] + table(["library", "licence"], facts["compiled_in"])
    lines += ["## Derived data and rules", ""] + [f"* {sentence}" for sentence in facts["derived"]]
    pathlib.Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
