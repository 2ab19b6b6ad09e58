#!/usr/bin/env python3
"""Checks the layers of ARCHITECTURE.md: who may include whom, no Qt in core, torch only behind its door, and file sizes.

Run by ctest as test_layers; prints one line a breach and exits with 1 when there is any.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# Library folder → folders of core/ it may include from, besides itself and base.
ALLOWED = {
    "core/base": [],
    "core/files": [],
    "core/runtime": ["files"],
    "core/media": [],
    "core/tensor": [],
    "core/device": ["tensor"],
    "core/nn": ["tensor"],
    "core/memory": ["tensor", "nn", "files"],
    "core/tokenizers": ["files"],
    "core/text": ["tensor", "nn", "memory", "files", "tokenizers"],
    "core/sampling": ["tensor", "files"],
    "core/models": ["tensor", "nn", "memory", "files", "tokenizers", "text", "sampling", "engine"],
    "core/planner": ["engine", "memory"],
    "core/engine": ["tensor", "device", "nn", "memory", "files", "media", "tokenizers", "text", "sampling", "models", "planner"],
    "ui": ["engine", "media", "runtime"],
    "app": ["engine", "runtime"],
}
# What others may include of the front door: values without torch.
FRONT_DOOR = {"request.h", "plan.h", "outlook.h", "plan_choice.h", "events.h", "engine.h", "model_info.h", "run_report.h", "clip_settings.h", "plan_json.h"}
TORCH_FREE = {"core/base", "core/files", "core/runtime", "core/media", "core/tokenizers", "core/planner", "ui", "app"}
BANNED_HEADERS = {"torch/torch.h", "torch/script.h", "torch/all.h", "ATen/ATen.h"}
HEADER_LIMIT, SOURCE_LIMIT = 250, 600

INCLUDE = re.compile(r'^\s*#include\s+[<"]([^>"]+)[>"]', re.M)


def room_of(path):
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "core" else parts[0]


def is_torch(header):
    return header.startswith(("ATen/", "c10/", "torch/"))


def breaches(path):
    room, name = room_of(path), path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    limit = HEADER_LIMIT if path.suffix == ".h" else SOURCE_LIMIT
    if lines > limit:
        yield f"{name}: {lines} lines, the limit is {limit}; is it still one subject?"
    if "using namespace" in text and path.suffix == ".h":
        yield f"{name}: 'using namespace' in a header"
    front_door_header = room == "core/engine" and path.name in FRONT_DOOR
    for header in INCLUDE.findall(text):
        if header in BANNED_HEADERS:
            yield f"{name}: includes <{header}>, which costs tens of seconds a file"
        if is_torch(header) and (room in TORCH_FREE or front_door_header):
            yield f"{name}: includes <{header}>; this room is free of torch"
        if room.startswith("core/") and re.match(r"Q[A-Z]|Qt", header):
            yield f"{name}: includes <{header}>; core is free of Qt"
        if header.startswith(("ui/", "app/")) and room != "app" and not header.startswith(room + "/"):
            yield f"{name}: includes upward: {header}"
        if header.startswith("core/"):
            target = header.split("/")[1]
            if target != "base" and f"core/{target}" != room and target not in ALLOWED[room]:
                yield f"{name}: {room} may not include {header}"
            if target == "engine" and room != "core/engine" and pathlib.PurePath(header).name not in FRONT_DOOR:
                yield f"{name}: {header} is inside the engine; only its front door may be included"


def undocumented_rooms():
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder in sorted((ROOT / "core").iterdir()):
        if folder.is_dir() and f"{folder.name}/" not in architecture:
            yield f"ARCHITECTURE.md: the folder core/{folder.name} has no line"


def main():
    found = list(undocumented_rooms())
    for top in ("core", "ui", "app"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cpp", ".cu"):
                found += breaches(path)
    print("\n".join(found) if found else "The layers hold.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
