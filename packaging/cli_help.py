"""Reads what `headroom --help` says, verb by verb, so that the man page and the shell completions can never say anything else."""
import dataclasses
import re
import subprocess

ENTRY = re.compile(r"^  (\S.*?)(?:\s{2,}(\S.*))?$")
CHOICES = re.compile(r"((?:[a-z0-9]+, )+[a-z0-9]+ or [a-z0-9:]+|[a-z0-9]+ or [a-z0-9]+)")


@dataclasses.dataclass
class Option:
    flags: list[str]  # "-h", "--help"; empty for a positional
    value: str  # "DIR", "FILE", "SIZE", …; empty for a switch
    text: str

    def choices(self) -> list[str]:
        """The words this option takes where its text lists them: "auto, fp32, bf16 or fp16"."""
        found = CHOICES.search(self.text) if self.value in ("NAME", "HOW") else None
        words = re.split(r", | or ", found.group(1)) if found else []
        return [word for word in words if ":" not in word]


@dataclasses.dataclass
class Verb:
    name: str  # "" for the program itself
    text: str
    options: list[Option]
    positionals: list[Option]
    verbs: list["Verb"]


def _option(names: str, text: str) -> Option:
    words = names.replace(" REQUIRED", "").replace(" ...", "").split(" ")
    flags = [flag for flag in words[0].split(",") if flag.startswith("-")]
    return Option(flags, " ".join(words[1:]) if flags else words[0], text)


def read_verb(program: str, path: list[str]) -> Verb:
    """Asks the program for the help of a verb ([] is the program's own) and of every verb below it."""
    lines = subprocess.run([program, *path, "--help"], check=True, text=True, capture_output=True).stdout.splitlines()
    verb = Verb(path[-1] if path else "", lines[0], [], [], [])
    section, entries = "", []
    for line in lines[1:]:
        if re.match(r"^\S.*:$", line):
            section = line[:-1]
        elif match := ENTRY.match(line):
            entries.append([section, match.group(1), match.group(2) or ""])
        elif line.strip() and entries and line.startswith("   "):
            entries[-1][2] = f"{entries[-1][2]} {line.strip()}".strip()
    for section, names, text in entries:
        if section == "Options":
            verb.options.append(_option(names, text))
        elif section == "Positionals":
            verb.positionals.append(_option(names, text))
        elif section == "Subcommands":
            verb.verbs.append(read_verb(program, [*path, names]))
    return verb
