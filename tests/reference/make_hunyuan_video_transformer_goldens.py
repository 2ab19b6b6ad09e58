"""Makes tests/goldens/hunyuan_video/transformer: forwards of HunyuanVideoTransformer3DModel on small random models.

Each case holds the latents, the text rows that are real (the reference is given them with padding behind and a mask), the pooled text, the
step's numbers and the predictions: `reference` in float32, and where the case asks for it `reference_bfloat16` of the same
weights. Weights and configs of the models lie beside them, under their checkpoint names; `guided` is a few steps of the pipeline's loop
with both guidances. Made with the versions of requirements.txt beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU.

    python tests/reference/make_hunyuan_video_transformer_goldens.py
"""

import pathlib
import tempfile

import numpy
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, HunyuanVideoTransformer3DModel
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parent.parent / "goldens" / "hunyuan_video" / "transformer"

MODELS = {
    # The published model in small: patches of 1, 2, 2, fewer channels turning with frames.
    "small": dict(in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=10, num_layers=2, num_single_layers=2,
                  num_refiner_layers=1, mlp_ratio=4.0, text_embed_dim=12, pooled_projection_dim=8, rope_axes_dim=(2, 4, 4)),
    # No guidance, patches over time and not over space, two blocks for the text, another ratio and theta, three heads.
    "variant": dict(in_channels=5, out_channels=5, num_attention_heads=3, attention_head_dim=8, num_layers=1, num_single_layers=1,
                    num_refiner_layers=2, mlp_ratio=2.5, patch_size=1, patch_size_t=2, guidance_embeds=False, text_embed_dim=10,
                    pooled_projection_dim=6, rope_theta=100.0, rope_axes_dim=(4, 2, 2)),
}

# name: (which model, latents' shape, timestep, real text rows, padding rows, bfloat16 too)
CASES = {
    "usual": ("small", (1, 4, 3, 8, 8), 731.0, 9, 7, True),
    "odd_tokens": ("small", (1, 4, 1, 6, 10), 999.0, 5, 0, False),
    "one_token": ("small", (1, 4, 1, 2, 2), 0.0, 1, 3, False),
    "batch_of_two": ("small", (2, 4, 2, 4, 6), 12.5, 6, 2, False),
    "many_frames": ("small", (1, 4, 9, 4, 6), 500.0, 37, 3, True),
    "variant": ("variant", (1, 5, 4, 5, 3), 386.0, 8, 4, True),
    "variant_batch_of_two": ("variant", (2, 5, 2, 3, 3), 40.0, 3, 0, False),
}
GUIDANCE = 6.0


def load(folder, dtype):
    return HunyuanVideoTransformer3DModel.from_pretrained(folder, torch_dtype=dtype).eval()


def make_model(name, folder):
    torch.manual_seed(len(name))
    model = HunyuanVideoTransformer3DModel(**MODELS[name])
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    model.eval().save_pretrained(folder)
    save_file({key: tensor.contiguous() for key, tensor in model.state_dict().items()}, FOLDER / f"{name}_weights.safetensors")
    (FOLDER / f"{name}_config.json").write_text((folder / "config.json").read_text())


def guidance_of(model, dtype, batch):
    return torch.tensor([GUIDANCE] * batch, dtype=dtype) * 1000.0 if model.config.guidance_embeds else None


def predict(model, latents, time, text, rows, pooled):
    mask = (torch.arange(text.shape[1]) < rows).expand(text.shape[0], -1).to(model.dtype)
    return model(hidden_states=latents.to(model.dtype), timestep=time, encoder_hidden_states=text.to(model.dtype),
                 encoder_attention_mask=mask, pooled_projections=pooled.to(model.dtype),
                 guidance=guidance_of(model, model.dtype, latents.shape[0])).sample


@torch.no_grad()
def make_case(name, folder, shape, timestep, rows, padding, bfloat16):
    generator = torch.Generator().manual_seed(sum(name.encode()))
    model = load(folder, torch.float32)
    latents = torch.randn(shape, generator=generator)
    text = torch.randn((shape[0], rows + padding, model.config.text_embed_dim), generator=generator)
    pooled = torch.randn((shape[0], model.config.pooled_projection_dim), generator=generator)
    time = torch.full((shape[0],), timestep)
    tensors = {"latents": latents, "text": text[:, :rows].contiguous(), "pooled": pooled,
               "timestep": torch.tensor(timestep, dtype=torch.float64)}
    tensors["reference"] = predict(model, latents, time, text, rows, pooled)
    if bfloat16:
        low = load(folder, torch.bfloat16)
        tensors["reference_bfloat16"] = predict(low, latents, time.bfloat16(), text, rows, pooled).float()
    save_file({key: value.contiguous() for key, value in tensors.items()}, FOLDER / f"{name}.safetensors")


def scheduler_of(steps):
    scheduler = FlowMatchEulerDiscreteScheduler(shift=7.0)
    scheduler.set_timesteps(sigmas=numpy.linspace(1.0, 0.0, steps + 1)[:-1])
    return scheduler


@torch.no_grad()
def make_guided(folder):
    """What HunyuanVideoPipeline's loop makes of noise, with its own sigmas and both guidances, in both precisions."""
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn((1, 4, 2, 6, 8), generator=generator)
    prompts = [(torch.randn((1, rows, 12), generator=generator), torch.randn((1, 8), generator=generator)) for rows in (7, 3)]
    tensors = {"noise": noise, "prompt_embeds": prompts[0][0][0], "pooled_prompt_embeds": prompts[0][1][0],
               "negative_prompt_embeds": prompts[1][0][0], "negative_pooled_prompt_embeds": prompts[1][1][0]}
    for dtype, suffix in ((torch.float32, ""), (torch.bfloat16, "_bfloat16")):
        model = load(folder, dtype)
        scheduler = scheduler_of(steps=4)
        latents = noise
        for t in scheduler.timesteps:
            time = t.expand(1).to(latents.dtype)
            positive, negative = (predict(model, latents, time, text, text.shape[1], pooled) for text, pooled in prompts)
            latents = scheduler.step(negative + 3.0 * (positive - negative), t, latents, return_dict=False)[0]
        tensors["reference" + suffix] = latents.float()
    for steps in (1, 4, 50):
        scheduler = scheduler_of(steps)
        tensors[f"timesteps_{steps}"], tensors[f"sigmas_{steps}"] = scheduler.timesteps, scheduler.sigmas
    save_file({key: value.contiguous() for key, value in tensors.items()}, FOLDER / "guided.safetensors")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        folders = {name: pathlib.Path(directory) / name for name in MODELS}
        for name, folder in folders.items():
            make_model(name, folder)
        for name, (model, *case) in CASES.items():
            make_case(name, folders[model], *case)
        make_guided(folders["small"])


if __name__ == "__main__":
    main()
