"""The text encoder and its training: every row it writes shall tell the whole scene.

Trained with the transformer alone, a text encoder learns slowly what its words are
good for.  Here it learns that first, in about a minute: from each row of a caption's
embeddings, one linear map a field has to read the colour, the shape, the motion and
the background.  The maps are dropped afterwards and the encoder stays as it is.
"""

import random
import time

import torch
import torch.nn.functional as F
from torch import nn
from transformers import T5TokenizerFast, UMT5Config, UMT5EncoderModel

from checkpoint import load_checkpoint, save_checkpoint
from grammar import BACKGROUNDS, COLOURS, MOTIONS, SHAPES, Scene, all_scenes, random_caption
from settings import Settings

CHECKPOINT = "text_encoder.pt"
TEXT_WIDTH = 64
FIELDS = {
    "colour": tuple(COLOURS),
    "shape": SHAPES,
    "motion": tuple(MOTIONS),
    "background": tuple(BACKGROUNDS),
}


def new_text_encoder(settings: Settings) -> UMT5EncoderModel:
    return UMT5EncoderModel(
        UMT5Config(
            vocab_size=settings.vocabulary,
            d_model=TEXT_WIDTH,
            d_kv=16,
            d_ff=160,
            num_layers=2,
            num_heads=4,
            dropout_rate=0.0,
            feed_forward_proj="gated-gelu",
        )
    )


def load_text_encoder(settings: Settings) -> UMT5EncoderModel:
    """The trained encoder, frozen; an untrained one if there is no checkpoint."""
    torch.manual_seed(settings.seed)
    encoder = new_text_encoder(settings)
    load_checkpoint(settings.work / CHECKPOINT, {}, encoder=encoder)
    return encoder.eval().requires_grad_(False)


def _answers(scenes: list[Scene]) -> dict[str, torch.Tensor]:
    return {
        field: torch.tensor([values.index(getattr(scene, field)) for scene in scenes])
        for field, values in FIELDS.items()
    }


def _loss(rows: torch.Tensor, mask: torch.Tensor, readers: nn.ModuleDict, scenes: list[Scene]):
    """Mean cross entropy over the captions' real rows, summed over the fields."""
    lengths = mask.sum(dim=1)
    real = rows[mask.bool()]  # (rows of all captions, width)
    return sum(
        F.cross_entropy(readers[field](real), answer.repeat_interleave(lengths))
        for field, answer in _answers(scenes).items()
    )


def train_text_encoder(settings: Settings) -> None:
    """Trains the encoder unless the checkpoint says that it is finished."""
    path = settings.work / CHECKPOINT
    tokenizer = T5TokenizerFast.from_pretrained(settings.out / "tokenizer")
    torch.manual_seed(settings.seed)
    encoder = new_text_encoder(settings)
    readers = nn.ModuleDict(
        {field: nn.Linear(TEXT_WIDTH, len(values)) for field, values in FIELDS.items()}
    )
    optimizer = torch.optim.AdamW([*encoder.parameters(), *readers.parameters()], lr=3e-3)
    state = {"step": 0}
    parts = {"encoder": encoder, "readers": readers, "optimizer": optimizer}
    load_checkpoint(path, state, **parts)
    scenes = all_scenes()
    started = time.monotonic()
    while state["step"] < settings.text_steps:
        rng = random.Random(f"{settings.seed} text {state['step']}")
        batch = [rng.choice(scenes) for _ in range(settings.text_batch)]
        tokens = tokenizer(
            [random_caption(scene, rng) for scene in batch], padding=True, return_tensors="pt"
        )
        rows = encoder(tokens.input_ids, tokens.attention_mask).last_hidden_state
        loss = _loss(rows, tokens.attention_mask, readers, batch)
        loss.backward()
        left = 1.0 - state["step"] / settings.text_steps
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * min(1.0, (state["step"] + 1) / 50, left / 0.3 + 0.02)
        optimizer.step()
        optimizer.zero_grad()
        state["step"] += 1
        if state["step"] % 50 == 0:
            seconds = time.monotonic() - started
            print(f"text step {state['step']} loss {loss.item():.4f} {seconds:.0f} s", flush=True)
            save_checkpoint(path, state, **parts)
    save_checkpoint(path, state, **parts)
