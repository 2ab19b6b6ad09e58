"""Writes the model folder: diffusers' layout, weights in bfloat16."""

import json

import torch
from diffusers import UniPCMultistepScheduler, WanPipeline
from transformers import T5TokenizerFast

from denoiser import load_average
from latents import PREVIEW_MAP, latent_statistics
from settings import Settings
from text_encoder import load_text_encoder
from vae import load_vae


def export(settings: Settings) -> None:
    """Exports the latest checkpoints, untrained weights where there are none."""
    vae = load_vae(settings)
    mean, std = latent_statistics(settings)
    vae.register_to_config(latents_mean=mean.tolist(), latents_std=std.tolist())
    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=settings.flow_shift,
    )
    parts = {
        "vae": vae.to(torch.bfloat16),
        "text_encoder": load_text_encoder(settings).to(torch.bfloat16),
        "transformer": load_average(settings).to(torch.bfloat16),
        "scheduler": scheduler,
    }
    for name, part in parts.items():
        part.save_pretrained(settings.out / name)
    for weights in settings.out.glob("*/*.safetensors"):
        weights.chmod(0o644)  # they are written for their owner alone
    # The tokenizer's folder is written where the tokenizer is trained.
    tokenizer = T5TokenizerFast.from_pretrained(settings.out / "tokenizer")
    WanPipeline(tokenizer=tokenizer, **parts).save_config(settings.out)
    # transformers 5 has one class under two names; earlier releases need this one.
    index_file = settings.out / "model_index.json"
    index = json.loads(index_file.read_text())
    index["tokenizer"] = ["transformers", "T5TokenizerFast"]
    index_file.write_text(json.dumps(index, indent=2) + "\n")
    write_hints(settings)


def write_hints(settings: Settings) -> None:
    """Writes headroom.json: name, defaults and the map for cheap previews."""
    hints = {
        "name": "Demo model",
        "defaults": {
            "width": settings.size,
            "height": settings.size,
            "frames": settings.frames,
            "fps": settings.fps,
            "steps": settings.steps,
            "guidance": settings.guidance,
            "prompt": settings.prompt,
        },
    }
    preview_map = settings.work / PREVIEW_MAP
    if preview_map.exists():
        hints["latent_rgb"] = json.loads(preview_map.read_text())
    (settings.out / "headroom.json").write_text(json.dumps(hints, indent=2) + "\n")
