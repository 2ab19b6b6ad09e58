"""The denoiser's data: clips turned into latents once, and what is fitted to them."""

import json
import random
from typing import NamedTuple

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLWan

from checkpoint import load_checkpoint, save_checkpoint
from clips import clip_of_scene, draw
from grammar import Scene, all_scenes
from settings import Settings
from vae import encode_clip

CHECKPOINT = "latents.pt"
ENCODED_TOGETHER = 4
PREVIEW_MAP = "latent_rgb.json"
CLIPS_FOR_PREVIEW = 96
PREVIEW_RIDGE = 0.01


class LatentClips(NamedTuple):
    scenes: list[Scene]
    normalised: torch.Tensor  # (clips, 16, latent frames, height, width)


def _scenes(settings: Settings) -> list[Scene]:
    """As many scenes as there are clips: all of them in turn, shuffled."""
    scenes = all_scenes()
    random.Random(settings.seed).shuffle(scenes)
    return [scenes[index % len(scenes)] for index in range(settings.clips)]


def _clip(settings: Settings, scene: Scene, index: int) -> torch.Tensor:
    rng = random.Random(f"{settings.seed} clip {index}")
    return draw(clip_of_scene(scene, settings.frames, rng), settings.size)


@torch.no_grad()
def encode_clips(settings: Settings, vae: AutoencoderKLWan) -> LatentClips:
    """Encodes the clips that the file of latents does not hold yet."""
    path = settings.work / CHECKPOINT
    scenes = _scenes(settings)
    state = {"latents": []}
    load_checkpoint(path, state)
    latents = state["latents"]
    while len(latents) < len(scenes):
        first = len(latents)
        together = range(first, min(first + ENCODED_TOGETHER, len(scenes)))
        clips = torch.stack([_clip(settings, scenes[index], index) for index in together])
        latents.extend(encode_clip(vae, clips)[0].contiguous().unbind())
        if len(latents) % 256 < ENCODED_TOGETHER:
            print(f"latents {len(latents)} of {len(scenes)}", flush=True)
            save_checkpoint(path, state)
    save_checkpoint(path, state)
    mean, std = (values.view(-1, 1, 1, 1) for values in latent_statistics(settings))
    return LatentClips(scenes, (torch.stack(latents[: len(scenes)]) - mean) / std)


def latent_statistics(settings: Settings) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation of each latent channel over the encoded clips."""
    state = {}
    if not load_checkpoint(settings.work / CHECKPOINT, state):
        return torch.zeros(16), torch.ones(16)
    std, mean = torch.std_mean(torch.stack(state["latents"]), dim=(0, 2, 3, 4))
    return mean, std


def write_preview_map(settings: Settings, clips: LatentClips) -> None:
    """Fits RGB in [-1, 1] as a linear map of the normalised latents; writes it as JSON.

    A ridge regression: channels that say the same must not get large factors of opposite
    signs, which would show half-denoised latents in colours that are not there.  A latent frame is matched with the mean of the frames it stands for (one, then
    four each), averaged over its 8 x 8 pixels.
    """
    count = min(CLIPS_FOR_PREVIEW, len(clips.scenes))
    targets = []
    for index in range(count):
        clip = F.avg_pool2d(_clip(settings, clips.scenes[index], index).transpose(0, 1), 8)
        later = clip[1:].unflatten(0, (-1, 4)).mean(dim=1)
        targets.append(torch.cat([clip[:1], later]).permute(0, 2, 3, 1).reshape(-1, 3))
    inputs = clips.normalised[:count].permute(0, 2, 3, 4, 1).reshape(-1, 16)
    inputs = F.pad(inputs, (0, 1), value=1.0)
    ridge = torch.full((17,), PREVIEW_RIDGE)
    ridge[-1] = 0.0
    gram = inputs.mT @ inputs / len(inputs) + torch.diag(ridge)
    solution = torch.linalg.solve(gram, inputs.mT @ torch.cat(targets) / len(inputs))
    rounded = [[round(value, 5) for value in row] for row in solution.tolist()]
    preview = {"factors": rounded[:-1], "bias": rounded[-1]}
    (settings.work / PREVIEW_MAP).write_text(json.dumps(preview) + "\n")
