"""Makes tests/goldens/transformer: forwards of WanTransformer3DModel, on tiny_wan and on a second config.

Each file holds the latents, the text rows and the predictions of one case: `reference` in float32, and where the case asks for
it `reference_bfloat16`, the same weights loaded with torch_dtype=bfloat16 (so that diffusers keeps its float32 parts). The second
config's weights lie beside it, under their checkpoint names. Made with the versions of requirements.txt beside this file
(diffusers 0.42.1, torch 2.11.0), on a CPU.

    python tests/reference/make_transformer_goldens.py
"""

import json
import pathlib
import tempfile

import torch
from diffusers import WanTransformer3DModel
from safetensors.torch import save_file

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
FOLDER = GOLDENS / "transformer"

# No norm before the cross-attention, heads of 16 channels, patches over time, other widths and another eps.
VARIANT = dict(patch_size=(2, 1, 2), num_attention_heads=2, attention_head_dim=16, in_channels=5, out_channels=5, text_dim=20,
               freq_dim=30, ffn_dim=40, num_layers=2, cross_attn_norm=False, qk_norm=None, eps=1e-5, rope_max_seq_len=16)

# name: (which model, latents' shape, timestep, text rows, rows of those that are real; the rest are zero padding), bfloat16 too
CASES = {
    "usual": ("tiny_wan", (1, 16, 3, 8, 8), 731.0, 512, 9, True),
    "odd_tokens": ("tiny_wan", (1, 16, 1, 6, 10), 999.0, 40, 40, False),
    "one_token": ("tiny_wan", (1, 16, 1, 2, 2), 0.0, 1, 1, False),
    "batch_of_two": ("tiny_wan", (2, 16, 2, 4, 6), 12.5, 48, 17, False),
    "many_frames": ("tiny_wan", (1, 16, 9, 4, 4), 500.0, 64, 0, False),
    "variant": ("variant", (1, 5, 4, 5, 6), 386.0, 33, 8, True),
}


def load(folder, dtype):
    return WanTransformer3DModel.from_pretrained(folder, torch_dtype=dtype).eval()


def make_variant(folder):
    torch.manual_seed(3)
    model = WanTransformer3DModel(**VARIANT)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    model.eval().save_pretrained(folder)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, FOLDER / "variant_weights.safetensors")
    (FOLDER / "variant_config.json").write_text((folder / "config.json").read_text())


@torch.no_grad()
def make_case(name, folder, shape, timestep, rows, real_rows, bfloat16):
    generator = torch.Generator().manual_seed(sum(name.encode()))
    text_dim = json.loads((folder / "config.json").read_text())["text_dim"]
    latents = torch.randn(shape, generator=generator)
    text = torch.randn((shape[0], rows, text_dim), generator=generator)
    text[:, real_rows:] = 0
    if shape[0] > 1:
        text[1, real_rows - 3:] = 0  # batch items of different length
    time = torch.full((shape[0],), timestep)
    tensors = {"latents": latents, "text": text[:, :max(real_rows, 1)].contiguous(), "text_rows": torch.tensor(rows),
               "timestep": torch.tensor(timestep, dtype=torch.float64)}
    tensors["reference"] = load(folder, torch.float32)(latents, time, text).sample
    if bfloat16:
        low = load(folder, torch.bfloat16)
        tensors["reference_bfloat16"] = low(latents.bfloat16(), time, text.bfloat16()).sample.float()
    save_file({key: value.contiguous() for key, value in tensors.items()}, FOLDER / f"{name}.safetensors")


def main():
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as variant:
        folders = {"tiny_wan": GOLDENS / "tiny_wan" / "transformer", "variant": pathlib.Path(variant)}
        make_variant(folders["variant"])
        for name, (model, *case) in CASES.items():
            make_case(name, folders[model], *case)


if __name__ == "__main__":
    main()
