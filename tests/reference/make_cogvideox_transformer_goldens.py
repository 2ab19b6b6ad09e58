"""Makes tests/goldens/cogvideox/transformer_<case>.safetensors: predictions of diffusers' CogVideoXTransformer3DModel.

The cases "2b_…" and "15_…" run the transformers of tests/goldens/tiny_cogvideox and tiny_cogvideox_15; "5b_…" one with rotary positions in a
region of a base grid, which lies in transformer_5b_weights.safetensors with its config beside it. A case has latents, text, timestep and
`reference`; some have `reference_bfloat16`. Rotary positions are those that CogVideoXPipeline prepares. Made with the versions of requirements.txt
beside this file (diffusers 0.42.1, torch 2.11.0), on a CPU.

    python tests/reference/make_cogvideox_transformer_goldens.py
"""

import json
import pathlib
import types

import torch
from diffusers import CogVideoXPipeline, CogVideoXTransformer3DModel
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
FOLDER = GOLDENS / "cogvideox"


def make_5b():
    torch.manual_seed(20)
    model = CogVideoXTransformer3DModel(
        num_attention_heads=2, attention_head_dim=16, in_channels=8, out_channels=8, time_embed_dim=12, text_embed_dim=20, num_layers=3,
        attention_bias=False, sample_width=18, sample_height=12, sample_frames=9, patch_size=2, max_text_seq_length=10,
        norm_eps=1e-4, use_rotary_positional_embeddings=True, patch_bias=False)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    save_file(model.state_dict(), FOLDER / "transformer_5b_weights.safetensors")
    config = {key: value for key, value in model.config.items() if not key.startswith("_")}
    (FOLDER / "transformer_5b_config.json").write_text(json.dumps(config | {"_class_name": "CogVideoXTransformer3DModel"}, indent=1) + "\n")
    return model.eval()


def rotations(model, latents):
    if not model.config.use_rotary_positional_embeddings:
        return None
    pipeline = types.SimpleNamespace(vae_scale_factor_spatial=8, transformer=model)
    return CogVideoXPipeline._prepare_rotary_positional_embeddings(pipeline, latents.shape[3] * 8, latents.shape[4] * 8, latents.shape[1],
                                                                   torch.device("cpu"))


def predict(model, latents, text, timestep):
    with torch.no_grad():
        return model(latents.to(model.dtype), text.to(model.dtype), torch.full((latents.shape[0],), timestep),
                     image_rotary_emb=rotations(model, latents), return_dict=False)[0]


CASES = {  # model, shape of the latents, timestep, whether bfloat16 too
    "2b_usual": ("2b", (1, 3, 16, 8, 12), 999, True),  # the shape that the config is for
    "2b_larger": ("2b", (1, 5, 16, 10, 14), 39, False),
    "2b_batch": ("2b", (2, 1, 16, 4, 6), 500, False),
    "5b_usual": ("5b", (1, 3, 8, 12, 18), 999, True),
    "5b_tall": ("5b", (1, 2, 8, 16, 6), 19, False),
    "5b_wide": ("5b", (2, 1, 8, 4, 26), 700, False),
    "5b_tiny": ("5b", (1, 1, 8, 2, 2), 1, False),
    "15_usual": ("15", (1, 6, 16, 10, 12), 979, True),
    "15_largest": ("15", (1, 2, 16, 40, 16), 60, False),
    "15_batch": ("15", (2, 4, 16, 4, 6), 0, False),
}


def main():
    models = {"2b": CogVideoXTransformer3DModel.from_pretrained(GOLDENS / "tiny_cogvideox" / "transformer").eval(), "5b": make_5b(),
              "15": CogVideoXTransformer3DModel.from_pretrained(GOLDENS / "tiny_cogvideox_15" / "transformer").eval()}
    for i, (name, (kind, shape, timestep, is_half)) in enumerate(CASES.items()):
        model = models[kind]
        generator = torch.Generator().manual_seed(30 + i)
        latents = torch.randn(shape, generator=generator)
        text = torch.randn((shape[0], model.config.max_text_seq_length, model.config.text_embed_dim), generator=generator)
        tensors = {"latents": latents, "text": text, "timestep": torch.tensor(timestep), "reference": predict(model, latents, text, timestep)}
        if is_half:
            tensors["reference_bfloat16"] = predict(model.to(torch.bfloat16), latents, text, timestep)
            model.to(torch.float32)
            if kind == "5b":  # from_pretrained's weights come back exactly below
                models["5b"] = make_5b()
            else:
                folder = "tiny_cogvideox" if kind == "2b" else "tiny_cogvideox_15"
                models[kind] = CogVideoXTransformer3DModel.from_pretrained(GOLDENS / folder / "transformer").eval()
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, FOLDER / f"transformer_{name}.safetensors")


if __name__ == "__main__":
    main()
