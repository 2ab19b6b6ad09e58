"""The demo model's language: which scenes exist and how a caption says them.

A scene is a colour, a shape, a motion and a background colour.  Every colour is
crossed with every background of a different colour.  Nothing outside the standard
library is imported, so that the judge can use this file on its own.
"""

import itertools
import random
from typing import NamedTuple

# RGB, 0-255.  The same table paints the clips and judges the generated ones.
COLOURS = {
    "red": (225, 30, 35),
    "orange": (255, 140, 0),
    "yellow": (250, 230, 40),
    "green": (30, 160, 60),
    "blue": (30, 70, 220),
    "purple": (140, 40, 180),
    "white": (245, 245, 245),
    "black": (15, 15, 15),
}
BACKGROUNDS = {**COLOURS, "gray": (128, 128, 128)}
SHAPES = ("circle", "square", "triangle", "star")

# Motion -> the ways a caption can say it; the first is the plain one.
MOTIONS = {
    "left": ("moving left", "moving to the left", "sliding left"),
    "right": ("moving right", "moving to the right", "sliding right"),
    "up": ("moving up", "moving upwards", "rising"),
    "down": ("moving down", "moving downwards", "falling"),
    "bouncing": ("bouncing", "bouncing up and down"),
    "growing": ("growing", "getting bigger"),
    "shrinking": ("shrinking", "getting smaller"),
    "spinning": ("spinning", "rotating"),
}

# The first is the plain one.
WORDINGS = (
    "a {colour} {shape} {motion} on a {background} background",
    "a {colour} {shape} {motion} in front of a {background} background",
    "a {colour} {shape} is {motion} on a {background} background",
    "a {colour} {shape} {motion}, {background} background",
    "{colour} {shape} {motion} on {background}",
    "on a {background} background, a {colour} {shape} is {motion}",
)


class Scene(NamedTuple):
    colour: str
    shape: str
    motion: str
    background: str


def all_scenes() -> list[Scene]:
    """Every scene of the grammar, in a fixed order."""
    return [
        Scene(colour, shape, motion, background)
        for colour, shape, motion, background in itertools.product(
            COLOURS, SHAPES, MOTIONS, BACKGROUNDS
        )
        if colour != background
    ]


def _caption(scene: Scene, wording: str, motion_phrase: str) -> str:
    text = wording.format(
        colour=scene.colour,
        shape=scene.shape,
        motion=motion_phrase,
        background=scene.background,
    )
    return text.replace("a orange", "an orange")


def plain_caption(scene: Scene) -> str:
    """The caption in the first wording, such as
    "a red circle moving right on a blue background"."""
    return _caption(scene, WORDINGS[0], MOTIONS[scene.motion][0])


def random_caption(scene: Scene, rng: random.Random) -> str:
    """One of the scene's captions, now and then written as a sentence.

    Half of the draws use the plain wording.
    """
    wording = WORDINGS[0] if rng.random() < 0.5 else rng.choice(WORDINGS)
    text = _caption(scene, wording, rng.choice(MOTIONS[scene.motion]))
    if rng.random() < 0.2:
        text = text[0].upper() + text[1:] + "."
    return text


def all_captions(scene: Scene) -> list[str]:
    """Every way the grammar can say the scene."""
    return [
        _caption(scene, wording, phrase)
        for wording in WORDINGS
        for phrase in MOTIONS[scene.motion]
    ]
