#!/usr/bin/env python3
"""Judges the clips that the demo model makes of prompts from its own grammar.

Draws prompts at fixed seeds, eight of each motion, has a clip made of each, and
measures the clip's shape colour, background colour and motion with plain image
arithmetic.  Prints a table and the share of clips that have all three right.

    python3 tests/benchmarks/demo_model_judge.py              # headroom
    python3 tests/benchmarks/demo_model_judge.py --diffusers  # the reference

Needs numpy and pillow; with --diffusers also torch, diffusers and transformers.
Quality is reported, not enforced: the exit status is 0 unless judging cannot run.
"""

import argparse
import json
import random
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "resources" / "demo_model"
sys.path.insert(0, str(MODEL / "recipe"))

from grammar import BACKGROUNDS, COLOURS, MOTIONS, Scene, all_scenes, random_caption  # noqa: E402

DEFAULT_COMMAND = (
    "build/release/bin/headroom generate --prompt {prompt} --seed {seed} "
    "--output {frames}/frame-%04d.png --quiet"
)


# --- Measuring ---------------------------------------------------------------------


def nearest(colour: np.ndarray, names: dict) -> str:
    return min(names, key=lambda name: np.linalg.norm(colour - np.array(names[name])))


def fraction_of_box(mask: np.ndarray) -> float:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask.sum() / ((np.ptp(rows) + 1) * (np.ptp(columns) + 1))


def shape_of(masks: np.ndarray) -> str:
    """By how much of its bounding box the shape fills, for upright shapes."""
    filled = np.median([fraction_of_box(mask) for mask in masks])
    for shape, least in (("square", 0.89), ("circle", 0.64), ("triangle", 0.45)):
        if filled > least:
            return shape
    return "star"


def motion_of(area: np.ndarray, x: np.ndarray, y: np.ndarray) -> str:
    """Names the motion of a shape from its area and centroid (in sides) in each frame."""
    growth = np.median(area[-4:]) / np.median(area[:4])
    if growth > 2.0:
        return "growing"
    if growth < 0.5:
        return "shrinking"
    dx = np.median(x[-4:]) - np.median(x[:4])
    dy = np.median(y[-4:]) - np.median(y[:4])
    if np.ptp(y) > 0.15 and abs(dy) < 0.5 * np.ptp(y) and abs(dx) < 0.15:
        return "bouncing"
    if max(abs(dx), abs(dy)) > 0.15:
        if abs(dx) > 2 * abs(dy):
            return "right" if dx > 0 else "left"
        if abs(dy) > 2 * abs(dx):
            return "down" if dy > 0 else "up"
    if np.ptp(x) < 0.1 and np.ptp(y) < 0.1:
        return "spinning"  # in place; the turning itself is not measured
    return "unclear"


def measure(frames: np.ndarray) -> dict:
    """What a clip (T, H, W, 3), 0-255, shows: the fields of Scene, "none" if no shape."""
    frames = frames.astype(np.float64)
    edge = np.ones(frames.shape[1:3], dtype=bool)
    edge[3:-3, 3:-3] = False
    background = np.median(frames[:, edge].reshape(-1, 3), axis=0)
    distance = np.linalg.norm(frames - background, axis=-1)
    strongest = np.percentile(distance, 99)
    masks = distance > max(0.5 * strongest, 25.0)
    area = masks.mean(axis=(1, 2))
    found = {"background": nearest(background, BACKGROUNDS)}
    if (area < 0.003).any():
        return {**found, "colour": "none", "shape": "none", "motion": "none"}
    height, width = masks.shape[1:]
    ys, xs = np.mgrid[0:height, 0:width]
    x = np.array([xs[mask].mean() / width for mask in masks])
    y = np.array([ys[mask].mean() / height for mask in masks])
    core = distance > 0.8 * strongest
    return {
        **found,
        "colour": nearest(np.median(frames[core if core.any() else masks], axis=0), COLOURS),
        "shape": shape_of(masks),
        "motion": motion_of(area, x, y),
    }


# --- Making the clips --------------------------------------------------------------


def draw_prompts(count: int, seed: int) -> list[tuple[Scene, str, int]]:
    """Scenes, their captions and the clips' seeds; the motions take turns."""
    rng = random.Random(seed)
    prompts = []
    for index in range(count):
        motion = list(MOTIONS)[index % len(MOTIONS)]
        scene = rng.choice([scene for scene in all_scenes() if scene.motion == motion])
        prompts.append((scene, random_caption(scene, rng), 1000 + index))
    return prompts


def clips_of_command(template: str, prompts: list):
    """Runs the command once a prompt; yields the clips."""
    for _, prompt, seed in prompts:
        with tempfile.TemporaryDirectory() as folder:
            fields = {"prompt": prompt, "seed": seed, "frames": folder}
            command = [part.format(**fields) for part in shlex.split(template)]
            subprocess.run(command, cwd=ROOT, check=True)
            files = sorted(Path(folder).glob("*.png"))
            if not files:
                raise RuntimeError(f"no frames came of: {shlex.join(command)}")
            yield np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])


def clips_of_diffusers(arguments: argparse.Namespace, prompts: list):
    """Runs diffusers' WanPipeline on the model folder; yields the clips."""
    import torch
    from diffusers import WanPipeline

    torch.set_num_threads(arguments.threads)
    defaults = json.loads((arguments.model / "headroom.json").read_text())["defaults"]
    pipe = WanPipeline.from_pretrained(arguments.model, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    for first in range(0, len(prompts), arguments.batch):
        batch = prompts[first : first + arguments.batch]
        clips = pipe(
            [prompt for _, prompt, _ in batch],
            width=defaults["width"],
            height=defaults["height"],
            num_frames=defaults["frames"],
            num_inference_steps=arguments.steps or defaults["steps"],
            guidance_scale=arguments.guidance or defaults["guidance"],
            generator=[torch.Generator().manual_seed(seed) for _, _, seed in batch],
            output_type="np",
        ).frames
        yield from (np.clip(clip * 255.0 + 0.5, 0, 255).astype(np.uint8) for clip in clips)


# --- Reporting ---------------------------------------------------------------------


def save_sheet(path: Path, clips: list[np.ndarray]) -> None:
    """One row a clip, seven of its frames."""
    rows = [
        np.concatenate(list(clip[np.linspace(0, len(clip) - 1, 7).astype(int)]), axis=1)
        for clip in clips
    ]
    Image.fromarray(np.concatenate(rows)).save(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=64, help="prompts to judge")
    parser.add_argument("--seed", type=int, default=1, help="draws the prompts")
    parser.add_argument("--command", default=DEFAULT_COMMAND, help="makes one clip")
    parser.add_argument("--diffusers", action="store_true", help="make the clips with diffusers")
    parser.add_argument("--model", type=Path, default=MODEL, help="for --diffusers")
    parser.add_argument("--steps", type=int, help="for --diffusers; default from headroom.json")
    parser.add_argument("--guidance", type=float, help="for --diffusers; default from headroom.json")
    parser.add_argument("--batch", type=int, default=8, help="for --diffusers")
    parser.add_argument("--threads", type=int, default=2, help="for --diffusers")
    parser.add_argument("--sheet", type=Path, help="also save some frames of every clip here")
    arguments = parser.parse_args()

    prompts = draw_prompts(arguments.count, arguments.seed)
    began = time.monotonic()
    if arguments.diffusers:
        source = clips_of_diffusers(arguments, prompts)
    else:
        source = clips_of_command(arguments.command, prompts)

    judged = ("colour", "background", "motion")
    right = dict.fromkeys((*judged, "all three", "shape (upright)"), 0)
    upright = 0
    clips = []
    try:
        for (scene, prompt, _), clip in zip(prompts, source):
            clips.append(clip)
            found = measure(clip)
            wrong = [
                f"{field} {found[field]}" for field in judged if found[field] != getattr(scene, field)
            ]
            for field in judged:
                right[field] += found[field] == getattr(scene, field)
            right["all three"] += not wrong
            if scene.motion != "spinning":
                upright += 1
                right["shape (upright)"] += found["shape"] == scene.shape
            print(f"{'ok   ' if not wrong else 'WRONG'} {prompt:<72} {', '.join(wrong)}", flush=True)
    except (OSError, RuntimeError, ImportError, subprocess.CalledProcessError) as error:
        print(f"cannot judge: {error}", file=sys.stderr)
        return 1

    print()
    for name, count in right.items():
        total = upright if name.startswith("shape") else len(prompts)
        print(f"{name:<16} {count:3d} of {total}  {100 * count / max(total, 1):5.1f} %")
    print(f"{(time.monotonic() - began) / len(prompts):.2f} s a clip")
    if arguments.sheet:
        save_sheet(arguments.sheet, clips)
    return 0


if __name__ == "__main__":
    sys.exit(main())
