"""Writes the man page, gzipped, from what the program's --help says.

    make_man_page.py PROGRAM VERSION OUTPUT.1.gz
"""
import gzip
import pathlib
import sys

from cli_help import Option, Verb, read_verb


def escape(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def option_lines(option: Option) -> list[str]:
    flags = ", ".join(f"\\fB{escape(flag)}\\fR" for flag in option.flags)
    value = f"\\fI{escape(option.value)}\\fR" if option.value else ""
    return [".TP", f"{flags} {value}".strip(), escape(option.text)]


def verb_lines(verb: Verb, path: str) -> list[str]:
    name = f"{path} {verb.name}".strip()
    positionals = "".join(f" [\\fI{escape(each.value)}\\fR]" for each in verb.positionals)
    lines = [f".SS \\fBheadroom {escape(name)}\\fR{positionals}", escape(verb.text) + "."]
    for option in verb.positionals + [each for each in verb.options if "--help" not in each.flags]:
        lines += option_lines(option)
    for below in verb.verbs:
        lines += verb_lines(below, name)
    return lines


def page(program: Verb, version: str) -> str:
    lines = [f'.TH HEADROOM 1 "" "Headroom {version}" "User Commands"',
             ".SH NAME", "headroom \\- turn a prompt into a video inside the memory you allow",
             ".SH SYNOPSIS", ".B headroom", "[\\fICLIP\\fR]", ".br", ".B headroom", "\\fIVERB\\fR [\\fIOPTIONS\\fR]",
             ".SH DESCRIPTION", escape(program.text),
             "A clip that Headroom made, given alone, is opened in the window with the settings it was made with."]
    lines.append(".SH OPTIONS")
    for option in program.options:
        lines += option_lines(option)
    lines.append(".SH VERBS")
    for verb in program.verbs:
        lines += verb_lines(verb, "")
    lines += [".SH EXIT STATUS"]
    for status, text in [("0", "done"), ("1", "a defect of the program"), ("2", "wrong usage, or a device that is not there"),
                         ("3", "bad model, input or output path"),
                         ("4", "no plan fits the budget; the message says the smallest that does and what to change"),
                         ("5", "out of memory although planned"), ("130", "cancelled")]:
        lines += [".TP", f"\\fB{status}\\fR", escape(text)]
    lines += [".SH EXAMPLES", ".PP", ".EX",
              'headroom generate \\-\\-prompt "a red circle moving right on a blue background" \\-\\-output clip.mp4', ".EE"]
    return "\n".join(lines) + "\n"


def main() -> None:
    program, version, output = sys.argv[1:]
    text = page(read_verb(program, []), version)
    pathlib.Path(output).write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
