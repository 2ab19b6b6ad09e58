"""Makes the goldens of core/text with the versions of requirements.txt beside this file.

    python tests/reference/make_text_goldens.py

* tests/goldens/text/umt5.safetensors: last hidden states of tiny_wan's text encoder, and of a second tiny one with
  `relu`, 3 layers and heads · d_kv ≠ d_model, run as the Wan pipeline runs it (padded, with the mask).
* tests/goldens/text/prompt_cleaning.json: what WanPipeline's prompt_clean makes of texts, ftfy being installed.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from transformers import UMT5Config, UMT5EncoderModel

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from prompt_cleaning_texts import TEXTS  # noqa: E402

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
PADDED = 64


def encode(model, ids):
    """The real rows of the last hidden state, from padded input with its mask, as pipeline_wan.py does it."""
    padded = torch.tensor([ids + [0] * (PADDED - len(ids))] if len(ids) < PADDED else [ids])
    return model(padded, (padded > 0).long()).last_hidden_state[0, :len(ids)]


def make_umt5():
    tensors = {}
    folder = GOLDENS / "tiny_wan" / "text_encoder"
    model = UMT5EncoderModel.from_pretrained(folder).eval()
    generator = torch.Generator().manual_seed(3)
    prompts = {
        "short": [7, 30, 41, 100, 5, 1],
        "eos_only": [1],
        "overlong": torch.randint(3, 161, (511,), generator=generator).tolist() + [1],
    }
    for name, ids in prompts.items():
        tensors[f"{name}.ids"] = torch.tensor(ids, dtype=torch.int32)
        tensors[f"{name}.float32"] = encode(model, ids)
    for dtype in (torch.bfloat16, torch.float16):
        half = UMT5EncoderModel.from_pretrained(folder, dtype=dtype).eval()
        kept = half.encoder.block[0].layer[1].DenseReluDense.wo.weight.dtype
        assert kept == (torch.float32 if dtype == torch.float16 else dtype), kept
        for name in ("short", "eos_only", "overlong"):
            tensors[f"{name}.{str(dtype).split('.')[1]}"] = encode(half, prompts[name])

    torch.manual_seed(4)
    relu = UMT5EncoderModel(UMT5Config(vocab_size=50, d_model=24, d_kv=6, d_ff=40, num_layers=3, num_heads=5,
                                       relative_attention_num_buckets=16, relative_attention_max_distance=20,
                                       layer_norm_epsilon=1e-5, feed_forward_proj="relu")).eval()
    with torch.no_grad():
        for name, parameter in relu.named_parameters():
            if parameter.ndim == 2 and "shared" not in name:
                parameter.normal_(std=0.6 * parameter.shape[1] ** -0.5)
            elif parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    for name, weight in relu.state_dict().items():
        if name != "shared.weight":  # only the tied key, as some checkpoints have it
            tensors[f"relu.weights.{name}"] = weight
    ids = torch.randint(3, 50, (40,), generator=generator).tolist() + [1]
    tensors["relu.ids"] = torch.tensor(ids, dtype=torch.int32)
    tensors["relu.float32"] = encode(relu, ids)

    attention = model.encoder.block[0].layer[0].SelfAttention
    positions = torch.arange(300)
    tensors["buckets"] = attention._relative_position_bucket(positions[None, :] - positions[:, None])[[0, 150, 299]]
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()},
              GOLDENS / "text" / "umt5.safetensors")


def make_prompt_cleaning():
    from diffusers.pipelines.wan.pipeline_wan import is_ftfy_available, prompt_clean

    assert is_ftfy_available()
    lines = ",\n".join(json.dumps([text, prompt_clean(text)]) for text in TEXTS)
    (GOLDENS / "text" / "prompt_cleaning.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    (GOLDENS / "text").mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        make_umt5()
    make_prompt_cleaning()
