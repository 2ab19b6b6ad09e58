"""The denoiser: configuration, training by flow matching."""

import random
import time

import torch
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from diffusers.models.transformers.transformer_wan import WanAttnProcessor
from torch import nn
from transformers import T5TokenizerFast, UMT5EncoderModel

from checkpoint import load_checkpoint, save_checkpoint
from grammar import random_caption
from latents import LatentClips
from muon import muon_and_adamw
from settings import Settings
from text_encoder import TEXT_WIDTH, load_text_encoder

CHECKPOINT = "denoiser.pt"


def new_transformer() -> WanTransformer3DModel:
    """Wan's transformer, 192 wide and 6 layers deep: 4 M parameters."""
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=4,
        attention_head_dim=48,
        in_channels=16,
        out_channels=16,
        text_dim=TEXT_WIDTH,
        freq_dim=256,
        ffn_dim=768,
        num_layers=6,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
    )


class WeightedContextProcessor(WanAttnProcessor):
    """Cross attention over a short context that stands for the full-length one.

    The pipeline pads a prompt's embeddings with zero rows up to 512.  All of these
    are the same key and value, so n of them weigh as much as one whose attention
    logit is raised by log n.  `bias` holds these logits, (batch, 1, 1, rows).
    """

    bias: torch.Tensor

    def __call__(
        self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, rotary_emb=None
    ):
        return super().__call__(attn, hidden_states, encoder_hidden_states, self.bias, rotary_emb)


def weigh_context(transformer: WanTransformer3DModel) -> WeightedContextProcessor:
    """Makes the transformer's cross attentions use the processor returned."""
    processor = WeightedContextProcessor()
    for block in transformer.blocks:
        block.attn2.set_processor(processor)
    return processor


def embed_captions(
    text_encoder: UMT5EncoderModel, tokenizer: T5TokenizerFast, captions: list[str], full_length: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The captions' embeddings followed by at least one zero row, and the rows' bias."""
    tokens = tokenizer(captions, padding=True, return_tensors="pt")
    mask = tokens.attention_mask
    rows = text_encoder(tokens.input_ids, mask).last_hidden_state * mask[..., None]
    zeros = mask.shape[1] + 1 - mask.sum(dim=1)
    weight = torch.log((full_length - mask.sum(dim=1)) / zeros)
    bias = torch.where(F.pad(mask, (0, 1)) == 1, 0.0, weight[:, None])
    return F.pad(rows, (0, 0, 0, 1)), bias[:, None, None, :]


def _optimizers(transformer: WanTransformer3DModel) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the transformer's blocks, AdamW for the rest."""
    matrices = [p for p in transformer.blocks.parameters() if p.ndim == 2]
    chosen = {id(p) for p in matrices}
    others = [p for p in transformer.parameters() if id(p) not in chosen]
    return muon_and_adamw(matrices, others)


def _rate(step: int, settings: Settings) -> float:
    """Rises, stays, and falls linearly over the last 30 % of the steps."""
    left = (settings.denoiser_steps - step) / (0.3 * settings.denoiser_steps)
    return settings.denoiser_rate * min(1.0, (step + 1) / 100, max(left, 0.02))


def _noise_levels(count: int, settings: Settings, generator: torch.Generator) -> torch.Tensor:
    """Logit-normal times moved towards noise by the scheduler's shift, many at or near 1.

    Flat colours show through nearly any noise, so that the caption decides only
    where next to nothing but noise is left, and logit-normal times hardly get there.
    """
    level = torch.randn(count, generator=generator).sigmoid()
    level = settings.flow_shift * level / (1 + (settings.flow_shift - 1) * level)
    nearly_pure = 1.0 - 0.04 * torch.rand(count, generator=generator)
    share = torch.rand(count, generator=generator)
    level = torch.where(share < settings.pure_noise + settings.nearly_pure_noise, nearly_pure, level)
    return torch.where(share < settings.pure_noise, 1.0, level)


@torch.no_grad()
def _follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    for kept, new in zip(average.parameters(), model.parameters()):
        kept.lerp_(new, 1.0 - decay)


def load_average(settings: Settings) -> WanTransformer3DModel:
    """The averaged weights of the latest checkpoint; untrained ones if there is none."""
    torch.manual_seed(settings.seed)
    average = new_transformer()
    load_checkpoint(settings.work / CHECKPOINT, {}, average=average)
    return average.eval().requires_grad_(False)


def train_denoiser(settings: Settings, clips: LatentClips) -> None:
    tokenizer = T5TokenizerFast.from_pretrained(settings.out / "tokenizer")
    torch.manual_seed(settings.seed)
    text_encoder = load_text_encoder(settings)
    transformer = new_transformer()
    average = new_transformer().requires_grad_(False)
    average.load_state_dict(transformer.state_dict())
    optimizers = _optimizers(transformer)
    state = {"step": 0}
    path = settings.work / CHECKPOINT
    parts = {
        "transformer": transformer,
        "average": average,
        "matrices": optimizers[0],
        "others": optimizers[1],
    }
    load_checkpoint(path, state, **parts)
    context = weigh_context(transformer)
    saved = logged = time.monotonic()
    losses = []

    while state["step"] < settings.denoiser_steps:
        step = state["step"]
        rng = random.Random(f"{settings.seed} {step}")  # the same after a restart
        generator = torch.Generator().manual_seed(rng.randrange(2**62))
        chosen = [rng.randrange(len(clips.scenes)) for _ in range(settings.denoiser_batch)]
        captions = [
            "" if rng.random() < settings.caption_dropout else random_caption(clips.scenes[i], rng)
            for i in chosen
        ]
        clean = clips.normalised[chosen]
        noise = torch.randn(clean.shape, generator=generator)
        level = _noise_levels(len(chosen), settings, generator)
        mixed = torch.lerp(clean, noise, level.view(-1, 1, 1, 1, 1))

        text, context.bias = embed_captions(
            text_encoder, tokenizer, captions, settings.max_sequence_length
        )
        flow = transformer(mixed, level * 1000.0, text, return_dict=False)[0]
        loss = F.mse_loss(flow, noise - clean)
        loss.backward()
        nn.utils.clip_grad_norm_(transformer.parameters(), 1.0)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = _rate(step, settings)
            optimizer.step()
            optimizer.zero_grad()
        _follow(average, transformer, min(settings.ema_decay, (1 + step) / (10 + step)))

        state["step"] += 1
        losses.append(loss.item())
        now = time.monotonic()
        if state["step"] % 25 == 0:
            print(
                f"denoiser step {state['step']} loss {sum(losses) / len(losses):.4f} "
                f"{(now - logged) / len(losses):.2f} s/step",
                flush=True,
            )
            logged = now
            losses.clear()
        if now - saved > settings.checkpoint_seconds:
            saved = now
            save_checkpoint(path, state, **parts)
    save_checkpoint(path, state, **parts)
