"""Makes tests/goldens/pipeline.safetensors: what diffusers' WanPipeline makes of tests/goldens/tiny_wan, start to end.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, transformers 5.23.0, torch 2.11.0), on a CPU, in float32.

    python tests/reference/make_pipeline_goldens.py
"""

import pathlib

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from safetensors.torch import save_file
from transformers import PreTrainedTokenizerFast, UMT5EncoderModel

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
FOLDER = GOLDENS / "tiny_wan"

PROMPT = "a red circle moving right on a blue background"
NEGATIVE = "cat"
SEED, STEPS, GUIDANCE = 7, 20, 5.0
WIDTH, HEIGHT, FRAMES = 48, 32, 9


def main():
    pipeline = WanPipeline(
        tokenizer=PreTrainedTokenizerFast(tokenizer_file=str(FOLDER / "tokenizer" / "tokenizer.json"),
                                          pad_token="<pad>", eos_token="</s>", unk_token="<unk>"),
        text_encoder=UMT5EncoderModel.from_pretrained(FOLDER / "text_encoder"),
        transformer=WanTransformer3DModel.from_pretrained(FOLDER / "transformer"),
        vae=AutoencoderKLWan.from_pretrained(FOLDER / "vae"),
        scheduler=UniPCMultistepScheduler.from_pretrained(FOLDER / "scheduler"))
    pipeline.set_progress_bar_config(disable=True)

    def run(output_type):
        return pipeline(PROMPT, negative_prompt=NEGATIVE, width=WIDTH, height=HEIGHT, num_frames=FRAMES,
                        num_inference_steps=STEPS, guidance_scale=GUIDANCE, output_type=output_type,
                        generator=torch.Generator("cpu").manual_seed(SEED)).frames

    latents = run("latent")
    frames = run("pt")[0]  # [frames, 3, height, width] in [0, 1]
    pixels = (frames * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    noise = torch.randn((1, 16, 3, HEIGHT // 8, WIDTH // 8), generator=torch.Generator("cpu").manual_seed(SEED))
    save_file({"latents": latents.float().contiguous(), "pixels": pixels, "noise": noise}, GOLDENS / "pipeline.safetensors")


if __name__ == "__main__":
    main()
