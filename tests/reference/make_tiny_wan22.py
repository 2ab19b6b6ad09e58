"""Makes tests/goldens/tiny_wan22_ti2v and tiny_wan22_a14b: complete random Wan 2.2 folders in the diffusers layout, and
pipeline_wan22_ti2v.safetensors and pipeline_wan22_a14b.safetensors, what diffusers' WanPipeline makes of them.

Both have the text encoder and the tokenizer of tests/goldens/tiny_wan (make_tiny_wan.py); the second has its autoencoder too.
The first is of TI2V-5B's form: `expand_timesteps`, and an autoencoder with residual levels, patches of 2x2 pixels and 48 latent
channels.  The second is of A14B's form: two transformers, the second of which takes over below 0.875 of the time.

A golden holds the noise, the latents and the 8-bit pixels.  That of A14B is run with a guidance of 4 before the boundary and 3
behind it; `high_noise_steps` says how many of its steps the first transformer does.

Made with the versions of requirements.txt beside this file (diffusers 0.42.1, transformers 5.23.0, torch 2.11.0), on a CPU, in
float32.

    python tests/reference/make_tiny_wan22.py
"""

import json
import pathlib
import shutil

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from safetensors.torch import save_file
from transformers import PreTrainedTokenizerFast, UMT5EncoderModel

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
TINY_WAN = GOLDENS / "tiny_wan"

PROMPT = "a red circle moving right on a blue background"
NEGATIVE = "cat"
SEED = 7


def copy_components(folder, names):
    shutil.rmtree(folder, ignore_errors=True)
    for name in names:
        shutil.copytree(TINY_WAN / name, folder / name)


def save_transformer(folder, seed, channels):
    torch.manual_seed(seed)
    transformer = WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=channels, out_channels=channels,
        text_dim=32, freq_dim=256, ffn_dim=48, num_layers=2, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32)
    with torch.no_grad():
        for parameter in transformer.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    transformer.eval().save_pretrained(folder)


def save_residual_autoencoder(folder):
    torch.manual_seed(22)
    statistics = torch.rand(2, 48)
    vae = AutoencoderKLWan(
        base_dim=2, decoder_base_dim=4, z_dim=48, dim_mult=[1, 1, 2, 2], num_res_blocks=1, temperal_downsample=[False, True, True],
        latents_mean=[round(value, 4) for value in (0.6 * statistics[0] - 0.3).tolist()],
        latents_std=[round(value, 4) for value in (0.4 + statistics[1]).tolist()],
        is_residual=True, in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16, scale_factor_temporal=4)
    with torch.no_grad():
        for name, parameter in vae.named_parameters():
            if name.endswith("gamma"):
                parameter.add_(0.2 * torch.randn_like(parameter))
    vae.eval().save_pretrained(folder)


def save_scheduler(folder, flow_shift):
    UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000,
                            flow_shift=flow_shift).save_pretrained(folder)


def save_index(folder, settings):
    transformer = ["diffusers", "WanTransformer3DModel"]
    (folder / "model_index.json").write_text(json.dumps({
        "_class_name": "WanPipeline", "_diffusers_version": "0.42.1", **settings,
        "scheduler": ["diffusers", "UniPCMultistepScheduler"],
        "text_encoder": ["transformers", "UMT5EncoderModel"],
        "tokenizer": ["transformers", "T5TokenizerFast"],
        "transformer": transformer,
        "transformer_2": transformer if (folder / "transformer_2").exists() else [None, None],
        "vae": ["diffusers", "AutoencoderKLWan"]}, indent=2) + "\n")


def load_pipeline(folder, settings):
    second = folder / "transformer_2"
    pipeline = WanPipeline(
        tokenizer=PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer" / "tokenizer.json"),
                                          pad_token="<pad>", eos_token="</s>", unk_token="<unk>"),
        text_encoder=UMT5EncoderModel.from_pretrained(folder / "text_encoder"),
        transformer=WanTransformer3DModel.from_pretrained(folder / "transformer"),
        transformer_2=WanTransformer3DModel.from_pretrained(second) if second.exists() else None,
        vae=AutoencoderKLWan.from_pretrained(folder / "vae"),
        scheduler=UniPCMultistepScheduler.from_pretrained(folder / "scheduler"), **settings)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def save_run(folder, settings, name, width, height, frames, extra, **arguments):
    pipeline = load_pipeline(folder, settings)

    def run(output_type):
        return pipeline(PROMPT, negative_prompt=NEGATIVE, width=width, height=height, num_frames=frames, output_type=output_type,
                        generator=torch.Generator("cpu").manual_seed(SEED), **arguments).frames

    latents = run("latent")
    pictures = run("pt")[0]  # [frames, 3, height, width] in [0, 1]
    pixels = (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
    noise = torch.randn(latents.shape, generator=torch.Generator("cpu").manual_seed(SEED))
    print(name, tuple(pixels.shape), f"pixels {pictures.mean():.3f} deviation {pictures.std():.3f}, latents {latents.std():.3f}")
    save_file({"latents": latents.float().contiguous(), "pixels": pixels, "noise": noise, **extra(pipeline)},
              GOLDENS / f"pipeline_{name}.safetensors")


def make_ti2v():
    folder = GOLDENS / "tiny_wan22_ti2v"
    settings = {"boundary_ratio": None, "expand_timesteps": True}
    copy_components(folder, ["tokenizer", "text_encoder"])
    save_transformer(folder / "transformer", 21, 48)
    save_residual_autoencoder(folder / "vae")
    save_scheduler(folder / "scheduler", 5.0)
    save_index(folder, settings)
    save_run(folder, settings, "wan22_ti2v", 96, 64, 9, lambda _: {}, num_inference_steps=12, guidance_scale=5.0)


def make_a14b():
    folder = GOLDENS / "tiny_wan22_a14b"
    settings = {"boundary_ratio": 0.875, "expand_timesteps": False}
    copy_components(folder, ["tokenizer", "text_encoder", "vae"])
    save_transformer(folder / "transformer", 23, 16)
    save_transformer(folder / "transformer_2", 24, 16)
    save_scheduler(folder / "scheduler", 3.0)
    save_index(folder, settings)

    def high_noise_steps(pipeline):
        return {"high_noise_steps": (pipeline.scheduler.timesteps >= 875).sum().reshape(1)}

    save_run(folder, settings, "wan22_a14b", 48, 32, 9, high_noise_steps, num_inference_steps=12, guidance_scale=4.0,
             guidance_scale_2=3.0)


if __name__ == "__main__":
    make_ti2v()
    make_a14b()
