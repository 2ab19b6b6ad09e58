"""Makes tests/goldens/pipeline_cogvideox*.safetensors: what diffusers' CogVideoXPipeline makes of the tiny CogVideoX folders, start to end.

tiny_cogvideox with DDIM; tiny_cogvideox_15 with DPM, plain and with dynamic guidance; both with 9 frames and with 8. Of 9 frames 1.5 has a latent
frame put before the clip, which the pipeline drops before it decodes and `latents` here is without. The prompts are cut by SentencePiece (see
make_cogvideox_text_goldens.py) and given as embeddings. frame_counts_cogvideox.safetensors says how many frames the pipeline returns for each number
asked. Made with the versions of requirements.txt beside this file (diffusers 0.42.1, transformers 5.23.0, torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_cogvideox_pipeline_goldens.py
"""

import pathlib
import sys

import torch
from diffusers import AutoencoderKLCogVideoX, CogVideoXDDIMScheduler, CogVideoXDPMScheduler, CogVideoXPipeline, CogVideoXTransformer3DModel
from safetensors.torch import save_file
from transformers import T5EncoderModel

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from make_cogvideox_text_goldens import Tokenizer  # noqa: E402

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"

PROMPT = "a red circle moving right on a blue background"
NEGATIVE = "cat"
SEED, GUIDANCE = 7, 6.0
WIDTH, HEIGHT = 48, 32
MOST_COUNTED = 35


def load(folder, scheduler):
    """The pipeline, and a function that makes what it makes of the prompts."""
    transformer = CogVideoXTransformer3DModel.from_pretrained(folder / "transformer").eval()
    text_encoder = T5EncoderModel.from_pretrained(folder / "text_encoder").eval()
    pipeline = CogVideoXPipeline(tokenizer=None, text_encoder=text_encoder, transformer=transformer,
                                 vae=AutoencoderKLCogVideoX.from_pretrained(folder / "vae").eval(),
                                 scheduler=scheduler.from_pretrained(folder / "scheduler"))
    pipeline.set_progress_bar_config(disable=True)
    tokenizer, rows = Tokenizer(folder / "tokenizer"), transformer.config.max_text_seq_length

    @torch.no_grad()
    def embeds(text):
        ids = tokenizer(text, rows)
        return text_encoder(torch.tensor([ids + [0] * (rows - len(ids))]))[0]

    def run(output_type, frames, steps, **options):
        return pipeline(prompt_embeds=embeds(PROMPT), negative_prompt_embeds=embeds(NEGATIVE), width=WIDTH, height=HEIGHT, num_frames=frames,
                        num_inference_steps=steps, guidance_scale=GUIDANCE, output_type=output_type,
                        generator=torch.Generator("cpu").manual_seed(SEED), **options).frames

    return pipeline, run


def make(golden, folder, scheduler, steps, frames=9, **options):
    pipeline, run = load(folder, scheduler)
    latents = run("latent", frames, steps, **options)
    latents = latents[:, latents.shape[1] - ((frames - 1) // pipeline.vae_scale_factor_temporal + 1):]
    returned = run("pt", frames, steps, **options)[0]  # [frames, 3, height, width] in [0, 1]
    pixels = (returned * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    assert latents.isfinite().all() and pixels.float().std() > 10
    save_file({"latents": latents.float().contiguous(), "pixels": pixels}, GOLDENS / golden)
    print(golden, tuple(latents.shape), tuple(pixels.shape), latents.std().item(), pixels.float().std().item())


def count_frames():
    """[n] is how many frames the pipeline returns when n are asked for; 0 at n = 0."""
    counts = {}
    for folder, scheduler in (("tiny_cogvideox", CogVideoXDDIMScheduler), ("tiny_cogvideox_15", CogVideoXDPMScheduler)):
        _, run = load(GOLDENS / folder, scheduler)
        counts[folder] = torch.tensor([0] + [run("pt", frames, 1).shape[1] for frames in range(1, MOST_COUNTED + 1)], dtype=torch.int64)
        print(folder, counts[folder].tolist())
    save_file(counts, GOLDENS / "frame_counts_cogvideox.safetensors")


def main():
    make("pipeline_cogvideox.safetensors", GOLDENS / "tiny_cogvideox", CogVideoXDDIMScheduler, 20)
    make("pipeline_cogvideox_15.safetensors", GOLDENS / "tiny_cogvideox_15", CogVideoXDPMScheduler, 12)
    make("pipeline_cogvideox_15_dynamic.safetensors", GOLDENS / "tiny_cogvideox_15", CogVideoXDPMScheduler, 7, use_dynamic_cfg=True)
    make("pipeline_cogvideox_8_frames.safetensors", GOLDENS / "tiny_cogvideox", CogVideoXDDIMScheduler, 12, frames=8)
    make("pipeline_cogvideox_15_8_frames.safetensors", GOLDENS / "tiny_cogvideox_15", CogVideoXDPMScheduler, 12, frames=8)
    count_frames()


if __name__ == "__main__":
    main()
