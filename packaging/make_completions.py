"""Writes the completions of bash, zsh and fish from what the program's --help says.

    make_completions.py PROGRAM OUTPUT_DIR      writes headroom.bash, _headroom and headroom.fish
"""
import pathlib
import sys

from cli_help import Option, Verb, read_verb


def paths(verb: Verb, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Verb]]:
    """Every verb with the words that lead to it; the program itself first."""
    found = [(path, verb)]
    for below in verb.verbs:
        found += paths(below, (*path, below.name))
    return found


def all_flags(verb: Verb) -> list[str]:
    return [flag for option in verb.options for flag in option.flags]


def bash(program: Verb) -> str:
    cases, words = [], []
    for path, verb in paths(program):
        words.append(f'        "{" ".join(path)}") words="{" ".join([below.name for below in verb.verbs] + all_flags(verb))}" ;;')
        for option in verb.options:
            choices = option.choices()
            if choices:
                action = f'COMPREPLY=($(compgen -W "{" ".join(choices)}" -- "$current")); return'
            elif option.value == "DIR":
                action = 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return'
            elif option.value == "FILE":
                action = 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return'
            elif option.value:
                action = "return"
            else:
                continue
            for flag in option.flags:
                cases.append(f'        "{" ".join(path)}|{flag}") {action} ;;')
    names = "|".join(sorted({word for path, _ in paths(program) for word in path}))
    folders = "|".join(f'"{" ".join(path)}"' for path, verb in paths(program) if any(each.value == "DIR" for each in verb.positionals))
    return f"""# bash completion of headroom, made from its --help
_headroom() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} verb="" words="" word
    COMPREPLY=()
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$word" in {names}) verb="${{verb:+$verb }}$word" ;; esac
    done
    case "$verb|$previous" in
{chr(10).join(cases)}
    esac
    case "$verb" in
{chr(10).join(words)}
    esac
    if [[ $current != -* ]]; then
        case "$verb" in {folders}) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;; esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -F _headroom headroom
"""


def zsh_text(text: str) -> str:
    return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def zsh_option(option: Option) -> list[str]:
    if option.choices():
        value = f":{option.value}:({' '.join(option.choices())})"
    elif option.value:
        value = f":{option.value}:" + {"DIR": "_files -/", "FILE": "_files"}.get(option.value, " ")
    else:
        value = ""
    return [f"'{flag}[{zsh_text(option.text)}]{value}'" for flag in option.flags]


def zsh_function(name: str, verb: Verb) -> list[str]:
    lines = [f"{name}() {{"]
    options = [text for option in verb.options for text in zsh_option(option)]
    places = [f"'*:{each.value}:_files -/'" for each in verb.positionals]
    if not verb.verbs:
        return [*lines, "    _arguments " + " ".join(options + places), "}"]
    lines += ["    local line state", "    _arguments -C " + " ".join([*options, "'1:verb:->verb'", "'*::argument:->argument'"]),
              "    case $state in", "        verb) _values verb " + " ".join(f"'{each.name}[{zsh_text(each.text)}]'" for each in verb.verbs) + " ;;",
              "        argument) case $line[1] in"]
    lines += [f"            {each.name}) {name}_{each.name} ;;" for each in verb.verbs]
    lines += ["        esac ;;", "    esac", "}"]
    for each in verb.verbs:
        lines += zsh_function(f"{name}_{each.name}", each)
    return lines


def zsh(program: Verb) -> str:
    return "\n".join(["#compdef headroom", "# made from the program's --help", *zsh_function("_headroom", program), '_headroom "$@"']) + "\n"


def fish(program: Verb) -> str:
    quote = lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    lines = ["# fish completion of headroom, made from its --help", "complete -c headroom -f"]
    for path, verb in paths(program):
        below = " ".join(each.name for each in verb.verbs)
        conditions = [f"__fish_seen_subcommand_from {word}" for word in path]
        if below:
            conditions.append(f"not __fish_seen_subcommand_from {below}")
        condition = quote("; and ".join(conditions))
        lines += [f"complete -c headroom -n {condition} -a {each.name} -d {quote(each.text)}" for each in verb.verbs]
        if any(each.value == "DIR" for each in verb.positionals):
            lines.append(f"complete -c headroom -n {condition} -a '(__fish_complete_directories)'")
        for option in verb.options:
            names = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
            if option.choices():
                value = f" -x -a {quote(' '.join(option.choices()))}"
            elif option.value == "DIR":
                value = " -x -a '(__fish_complete_directories)'"
            elif option.value == "FILE":
                value = " -r -F"
            else:
                value = " -x" if option.value else ""
            lines.append(f"complete -c headroom -n {condition} {names}{value} -d {quote(option.text)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    program, output = sys.argv[1], pathlib.Path(sys.argv[2])
    verbs = read_verb(program, [])
    for name, text in (("headroom.bash", bash(verbs)), ("_headroom", zsh(verbs)), ("headroom.fish", fish(verbs))):
        (output / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
