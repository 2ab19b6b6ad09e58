"""Makes tests/goldens/text/{llama,clip}.safetensors with the versions of requirements.txt beside this file.

    python tests/reference/make_hunyuan_text_goldens.py

* llama: `hidden_states[-3]` of tiny_hunyuan_video's text encoder, padded and masked as pipeline_hunyuan_video.py runs it, in three
  dtypes; and of small models with other options, their weights beside: rotary scalings, biases, gelu.
* clip: pooled outputs of tiny_hunyuan_video's second encoder (eos_token_id 2) in three dtypes, and of one whose config names the
  token that ends a text.
"""

import pathlib

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from diffusers.pipelines.hunyuan_video.pipeline_hunyuan_video import DEFAULT_PROMPT_TEMPLATE
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer, LlamaConfig, LlamaModel

from make_tiny_hunyuan_video import FOLDER as TINY, spread

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens" / "text"
PROMPTS = {"short": "a red circle", "empty": "", "long": "a cat walking through a neon city at night " * 20}
DTYPES = (torch.float32, torch.bfloat16, torch.float16)
ROPES = {
    "linear": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0},
    "llama3": {"rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 64},
}


def name_of(dtype):
    return str(dtype).split(".")[1]


def save(tensors, name):
    file = GOLDENS / f"{name}.safetensors"
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, file)
    file.chmod(0o644)


def hidden_state(model, ids, padded, pad=0):
    """Rows of the real tokens of hidden_states[-3], from padded input with its mask."""
    inputs = torch.tensor([ids + [pad] * (padded - len(ids))])
    mask = torch.tensor([[1] * len(ids) + [0] * (padded - len(ids))])
    return model(inputs, attention_mask=mask, output_hidden_states=True).hidden_states[-3][0, :len(ids)]


def make_llama():
    tensors = {}
    tokenizer = Tokenizer.from_file(str(TINY / "tokenizer" / "tokenizer.json"))
    tokenizer.enable_truncation(351)
    for dtype in DTYPES:
        model = LlamaModel.from_pretrained(TINY / "text_encoder", dtype=dtype).eval()
        for name, prompt in PROMPTS.items():
            ids = tokenizer.encode(DEFAULT_PROMPT_TEMPLATE["template"].format(prompt)).ids
            tensors[f"{name}.ids"] = torch.tensor(ids, dtype=torch.int32)
            tensors[f"{name}.{name_of(dtype)}"] = hidden_state(model, ids, 351)
    generator = torch.Generator().manual_seed(8)
    for seed, (name, rope) in enumerate(ROPES.items()):
        torch.manual_seed(seed)
        model = spread(LlamaModel(LlamaConfig(
            vocab_size=40, hidden_size=24, intermediate_size=20, num_hidden_layers=4 - seed, num_attention_heads=6, num_key_value_heads=3 - 2 * seed,
            head_dim=8, hidden_act="gelu", attention_bias=True, mlp_bias=True, max_position_embeddings=512, rope_parameters=rope)))
        ids = torch.randint(0, 40, (200,), generator=generator).tolist()
        tensors[f"{name}.ids"] = torch.tensor(ids, dtype=torch.int32)
        tensors[f"{name}.float32"] = hidden_state(model, ids, 200)
        runs = tuple(f"layers.{i}." for i in range(len(model.layers) - 2)) + ("embed_tokens.",)
        for key, weight in model.state_dict().items():
            if key.startswith(runs):
                tensors[f"{name}.weights.{key}"] = weight
    save(tensors, "llama")


def make_clip():
    tensors = {}
    tokenizer = CLIPTokenizer.from_pretrained(TINY / "tokenizer_2")
    prompts = PROMPTS | {"end_inside": "a <|endoftext|> cat"}
    rows = tokenizer(list(prompts.values()), padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    unpadded = [tokenizer(prompt, max_length=77, truncation=True).input_ids for prompt in prompts.values()]
    for name, ids in zip(prompts, unpadded):
        tensors[f"{name}.ids"] = torch.tensor(ids, dtype=torch.int32)
    for dtype in DTYPES:
        model = CLIPTextModel.from_pretrained(TINY / "text_encoder_2", dtype=dtype).eval()
        for name, pooled in zip(prompts, model(rows).pooler_output):
            tensors[f"{name}.{name_of(dtype)}"] = pooled
    torch.manual_seed(9)
    model = spread(CLIPTextModel(CLIPTextConfig(
        vocab_size=30, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=20,
        hidden_act="gelu", bos_token_id=3, eos_token_id=7, pad_token_id=1)))
    ids = [3, 29, 5, 8, 7, 1, 1, 1]
    tensors["named_end.ids"] = torch.tensor(ids, dtype=torch.int32)
    tensors["named_end.float32"] = model(torch.tensor([ids])).pooler_output[0]
    for key, weight in model.state_dict().items():
        tensors[f"named_end.weights.{key}"] = weight
    save(tensors, "clip")


if __name__ == "__main__":
    with torch.no_grad():
        make_llama()
        make_clip()
