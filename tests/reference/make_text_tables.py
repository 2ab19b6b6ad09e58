"""Makes the tables that core/text cleans prompts with, from the versions of requirements.txt beside this file and Python 3.11.

    python tests/reference/make_text_tables.py

* core/text/html_entities.inc: HTML 5's named character references (Python's html.entities), and ftfy's upper-case additions.
* core/text/mojibake_characters.inc: what kinds of characters ftfy 6.3.1 tells apart (ftfy.badness, ftfy.chardata; Apache-2.0).
* core/text/single_byte_encodings.inc: the upper halves of the encodings that ftfy tries (Python's codecs).
"""

import html.entities
import pathlib
import re

import ftfy.badness
import ftfy.chardata

FOLDER = pathlib.Path(__file__).parents[2] / "core" / "text"
HEADER = "// Made by tests/reference/make_text_tables.py; do not edit.\n"


def entity_line(name, text):
    assert 1 <= len(text) <= 3, (name, text)
    return f'    {{"{name}", {{{", ".join(f"0x{ord(c):X}" for c in text)}}}}},\n'


def make_entities():
    named = html.entities.html5
    upper = {name[1:]: text for name, text in ftfy.chardata.HTML_ENTITIES.items() if name[1:] not in named}
    assert all(len(name) <= 32 for name in named)
    body = HEADER + "\n// Sorted by name. A name without \";\" may stand without it.\ninline constexpr HtmlEntity kHtmlEntities[] = {\n"
    body += "".join(entity_line(name, named[name]) for name in sorted(named))
    body += "};\n\n// Names in capitals that HTML does not know and ftfy reads all the same.\ninline constexpr HtmlEntity kUpperCaseEntities[] = {\n"
    body += "".join(entity_line(name, upper[name]) for name in sorted(upper))
    (FOLDER / "html_entities.inc").write_text(body + "};\n")


def members(character_class):
    pattern = re.compile(f"[{character_class}]")
    return {code for code in range(0x10000) if pattern.match(chr(code))}


def make_characters():
    kinds = {name: members(chars) for name, chars in (ftfy.badness.MOJIBAKE_CATEGORIES | ftfy.chardata.UTF8_CLUES).items()}
    names = {name: "k" + "".join(part.capitalize() for part in name.split("_")) for name in kinds}
    body = HEADER + "// The kinds are those of ftfy 6.3.1, Copyright Robyn Speer, Apache License 2.0.\n\n"
    body += "".join(f"inline constexpr std::uint32_t {names[name]} = 1U << {bit};\n" for bit, name in enumerate(kinds))
    body += "\n// Sorted by character.\ninline constexpr CharacterKinds kCharacterKinds[] = {\n"
    for code in sorted(set().union(*kinds.values())):
        mask = sum(1 << bit for bit, name in enumerate(kinds) if code in kinds[name])
        body += f"    {{0x{code:04X}, 0x{mask:05X}}},\n"
    (FOLDER / "mojibake_characters.inc").write_text(body + "};\n")


def make_encodings():
    body = HEADER + "\n// In the order in which they are tried; the characters are those of bytes 0x80 to 0xFF.\n"
    body += "inline constexpr SingleByteEncoding kSingleByteEncodings[] = {\n"
    for encoding in ftfy.chardata.CHARMAP_ENCODINGS:
        upper = bytes(range(0x80, 0x100)).decode(encoding)
        assert len(upper) == 128 and all(ord(c) < 0x10000 for c in upper)
        assert bytes(range(0x1A)).decode(encoding) == "".join(map(chr, range(0x1A)))
        kind = "Sloppy" if bytes([0x1A]).decode(encoding) == "\ufffd" else "Strict"
        body += f'    {{"{encoding}", SingleByteEncoding::Kind::{kind},\n     {{'
        rows = [", ".join(f"0x{ord(c):04X}" for c in upper[i:i + 16]) for i in range(0, 128, 16)]
        body += ",\n      ".join(rows) + "}},\n"
    (FOLDER / "single_byte_encodings.inc").write_text(body + "};\n")


if __name__ == "__main__":
    make_entities()
    make_characters()
    make_encodings()
