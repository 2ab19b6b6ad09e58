"""Draws the training clips: anti-aliased shapes in motion, any window of them.

A clip is described by a few numbers (`Clip`), so that a window of it can be drawn
without drawing the rest: the VAE trains on crops.  Lengths and positions are
fractions of the frame's side; y grows downwards.
"""

import math
import random
from typing import NamedTuple

import numpy as np
import torch

from grammar import BACKGROUNDS, COLOURS, MOTIONS, SHAPES, Scene

STAR_INNER_RADIUS = 0.45


class Clip(NamedTuple):
    shape: str
    colour: tuple  # RGB, 0-255
    background: tuple
    x: np.ndarray  # one value a frame, as the three below
    y: np.ndarray
    radius: np.ndarray  # of the circle around the shape
    angle: np.ndarray  # radians


def clip_of_scene(scene: Scene, frames: int, rng: random.Random) -> Clip:
    """Lays the scene out in time, with a little freedom in place and size.

    The freedom is small on purpose: how the clip looks is then nearly decided by
    its caption, and a small model learns it in little time.
    """
    t = np.linspace(0.0, 1.0, frames)
    x = np.full(frames, 0.5 + rng.uniform(-0.05, 0.05))
    y = np.full(frames, 0.5 + rng.uniform(-0.05, 0.05))
    radius = np.full(frames, rng.uniform(0.20, 0.23))
    angle = np.zeros(frames)
    travel = (t - 0.5) * rng.uniform(0.42, 0.48)
    if scene.motion == "right":
        x = x + travel
    elif scene.motion == "left":
        x = x - travel
    elif scene.motion == "down":
        y = y + travel
    elif scene.motion == "up":
        y = y - travel
    elif scene.motion == "bouncing":  # falls from the top, twice down and up
        y = y + 0.22 - 0.44 * np.abs(np.cos(2 * math.pi * t))
    elif scene.motion == "growing":
        radius = radius * (0.55 + 1.15 * t)
    elif scene.motion == "shrinking":
        radius = radius * (1.70 - 1.15 * t)
    elif scene.motion == "spinning":
        angle = t * math.pi
        radius = radius * 1.15
    return Clip(
        scene.shape, COLOURS[scene.colour], BACKGROUNDS[scene.background], x, y, radius, angle
    )


def random_clip(frames: int, rng: random.Random) -> Clip:
    colour = rng.choice(list(COLOURS))
    background = rng.choice([name for name in BACKGROUNDS if name != colour])
    scene = Scene(colour, rng.choice(SHAPES), rng.choice(list(MOTIONS)), background)
    return clip_of_scene(scene, frames, rng)


def _polygon(shape: str) -> np.ndarray:
    """The corners of a shape on the unit circle, in order."""
    if shape == "square":
        turns = (np.arange(4) + 0.5) / 4
        reach = np.ones(4)
    elif shape == "triangle":
        turns = np.arange(3) / 3
        reach = np.ones(3)
    else:
        turns = np.arange(10) / 10
        reach = np.where(np.arange(10) % 2 == 0, 1.0, STAR_INNER_RADIUS)
    return np.stack(
        [reach * np.sin(2 * math.pi * turns), -reach * np.cos(2 * math.pi * turns)], axis=-1
    )


def _signed_distance(clip: Clip, px: np.ndarray, py: np.ndarray) -> np.ndarray:
    """Distance of each point to the shape's edge, negative inside: (T, H, W)."""
    dx = px[None, None, :] - clip.x[:, None, None]
    dy = py[None, :, None] - clip.y[:, None, None]
    radius = clip.radius[:, None, None]
    if clip.shape == "circle":
        return np.hypot(dx, dy) - radius * 0.9
    cos, sin = np.cos(clip.angle)[:, None, None], np.sin(clip.angle)[:, None, None]
    x = (cos * dx + sin * dy) / radius
    y = (cos * dy - sin * dx) / radius
    corners = _polygon(clip.shape)
    nearest = np.full(x.shape, np.inf)
    inside = np.zeros(x.shape, dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0)):
        ex, ey = bx - ax, by - ay
        along = np.clip(((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey), 0.0, 1.0)
        nearest = np.minimum(nearest, (x - ax - along * ex) ** 2 + (y - ay - along * ey) ** 2)
        crosses = (ay > y) != (by > y)
        inside ^= crosses & (x < ax + (y - ay) * ex / (ey if ey else 1.0))
    return np.where(inside, -1.0, 1.0) * np.sqrt(nearest) * radius


def draw(clip: Clip, size: int, window: tuple | None = None) -> torch.Tensor:
    """Draws the clip for a frame of `size` pixels a side: (3, T, H, W) in [-1, 1].

    `window` = (left, top, side) draws only that square of pixels.
    """
    left, top, side = window or (0, 0, size)
    px = (np.arange(left, left + side) + 0.5) / size
    py = (np.arange(top, top + side) + 0.5) / size
    cover = np.clip(0.5 - _signed_distance(clip, px, py) * size, 0.0, 1.0)
    colour = np.array(clip.colour).reshape(3, 1, 1, 1) / 127.5 - 1.0
    background = np.array(clip.background).reshape(3, 1, 1, 1) / 127.5 - 1.0
    return torch.from_numpy((background + cover * (colour - background)).astype(np.float32))


def random_crops(
    batch: int, crop: int, frames: int, size: int, clip_frames: int, rng: random.Random
) -> torch.Tensor:
    """Windows of random clips, near the shape: (batch, 3, frames, crop, crop)."""
    crops = []
    for _ in range(batch):
        clip = random_clip(clip_frames, rng)
        start = rng.randrange(clip_frames - frames + 1)
        kept = slice(start, start + frames)
        clip = clip._replace(
            x=clip.x[kept], y=clip.y[kept], radius=clip.radius[kept], angle=clip.angle[kept]
        )
        moment = rng.randrange(frames)
        corner = [
            int(centre * size - crop / 2 + rng.uniform(-0.25, 0.25) * size)
            for centre in (clip.x[moment], clip.y[moment])
        ]
        left, top = (min(max(value, 0), size - crop) for value in corner)
        crops.append(draw(clip, size, (left, top, crop)))
    return torch.stack(crops)
