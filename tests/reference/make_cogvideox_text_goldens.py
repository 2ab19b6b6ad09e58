"""Makes the goldens of CogVideoX's text side from tests/goldens/tiny_cogvideox.

    python tests/reference/make_cogvideox_text_goldens.py

* tests/goldens/cogvideox/tokens.json: texts with their ids. The published tokenizer is spiece.model alone, so the ids come from the
  sentencepiece package, and special tokens are found in the text as T5Tokenizer of transformers 4 (which the models were published for)
  finds them: leftmost first, sentinels take the white space around them, "</s>" is appended unless it is there.
* tests/goldens/cogvideox/t5.safetensors: last hidden states of the tiny T5 encoder as the pipeline runs it: padded to 226 tokens,
  without a mask; and of one with `relu` and more layers.

Made with the versions of requirements.txt beside this file (transformers 5.23.0, torch 2.11.0, sentencepiece 0.2.3).
"""

import json
import pathlib
import random
import re
import sys

import sentencepiece
import torch
from safetensors.torch import save_file
from transformers import T5Config, T5EncoderModel

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tokenizer_texts import TEXTS  # noqa: E402

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
FOLDER = GOLDENS / "tiny_cogvideox"
TOKENS = 226

SENTINELS = [
    "<extra_id_0>", "a <extra_id_0> cat", "a<extra_id_99>cat", "two <extra_id_1><extra_id_2> sentinels", "<extra_id_100>", "<extra_id_>",
    "  <extra_id_7>  spaces  <extra_id_70>\n", "<EXTRA_ID_0>", "<extra_id_0", "the <extra_id_12> and </s> and <pad> end", "</s>",
    "</s></s>", "cat</s>", "cat </s> ", "<pad><pad>cat", "<unk> cat <unk>", "<s> is text", "<extra_id_5></s>", "\u3000<extra_id_3>\u00a0x",
    "under\u2581score \u2581\u2581 twice", "<pad", "a < b </ s>", "<extra_id_9>" * 30,
]


def more_texts(count):
    """Random mixtures of the other texts' parts, some of them much longer than the model takes."""
    picked = random.Random(5)
    fragments = [part for text in TEXTS for part in text.split(" ") if part] + SENTINELS + [" ", "  ", "\n", ""]
    texts = []
    while len(texts) < count:
        size = picked.choice([1, 2, 3, 5, 8, 13, 21]) if len(texts) % 40 else 150
        texts.append(picked.choice([" ", "", " "]).join(picked.choice(fragments) for _ in range(size)))
    return texts


class Tokenizer:
    def __init__(self, folder):
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))
        decoder = json.loads((folder / "tokenizer_config.json").read_text())["added_tokens_decoder"]
        self.special = {entry["content"]: (int(number), entry["lstrip"]) for number, entry in decoder.items()}
        longest_first = sorted(self.special, key=len, reverse=True)
        self.pattern = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")

    def __call__(self, text, max_length):
        parts = self.pattern.split(text)
        ids = []
        for i, part in enumerate(parts):
            if part in self.special:
                ids.append(self.special[part][0])
                continue
            if i + 1 < len(parts) and self.special[parts[i + 1]][1]:
                part = part.rstrip()
            if i > 0 and self.special[parts[i - 1]][1]:
                part = part.lstrip()
            ids += self.model.encode(part)
        ids = ids[:max_length - 1]
        return ids if ids and ids[-1] == 1 else ids + [1]


def make_tokens():
    tokenizer = Tokenizer(FOLDER / "tokenizer")
    texts = TEXTS + SENTINELS + more_texts(240)
    texts = [text for text in texts if text.encode("utf-8", "replace").decode() == text]  # JSON can't carry lone surrogates
    assert len(texts) >= 300
    lines = ",\n".join(json.dumps([text, tokenizer(text, TOKENS)], separators=(",", ":")) for text in texts)
    (GOLDENS / "cogvideox" / "tokens.json").write_text(f"[\n{lines}\n]\n")


def encode(model, ids):
    padded = torch.tensor([ids + [0] * (TOKENS - len(ids))])
    return model(padded)[0][0]


def make_t5():
    tokenizer = Tokenizer(FOLDER / "tokenizer")
    prompts = {"short": tokenizer("a red circle moving right", TOKENS), "empty": tokenizer("", TOKENS),
               "overlong": tokenizer("the quick brown fox jumps over the lazy dog " * 40, TOKENS)}
    tensors = {}
    for name, ids in prompts.items():
        tensors[f"{name}.ids"] = torch.tensor(ids + [0] * (TOKENS - len(ids)), dtype=torch.int32)
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        model = T5EncoderModel.from_pretrained(FOLDER / "text_encoder", dtype=dtype).eval()
        for name, ids in prompts.items():
            tensors[f"{name}.{str(dtype).split('.')[1]}"] = encode(model, ids)

    torch.manual_seed(4)
    relu = T5EncoderModel(T5Config(vocab_size=40, d_model=24, d_kv=6, d_ff=40, num_layers=4, num_heads=5,
                                   relative_attention_num_buckets=16, relative_attention_max_distance=20, layer_norm_epsilon=1e-5,
                                   feed_forward_proj="relu")).eval()
    for name, parameter in relu.named_parameters():
        if parameter.ndim == 2 and "shared" not in name:
            parameter.normal_(std=0.6 * parameter.shape[1] ** -0.5)
        elif parameter.ndim == 1:
            parameter.add_(0.1 * torch.randn_like(parameter))
    for name, weight in relu.state_dict().items():
        if name != "shared.weight":  # only the tied key, as some checkpoints have it
            tensors[f"relu.weights.{name}"] = weight
    ids = torch.randint(3, 40, (30,)).tolist() + [1]
    tensors["relu.ids"] = torch.tensor(ids, dtype=torch.int32)
    tensors["relu.float32"] = relu(torch.tensor([ids]))[0][0]
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, GOLDENS / "cogvideox" / "t5.safetensors")


if __name__ == "__main__":
    (GOLDENS / "cogvideox").mkdir(exist_ok=True)
    make_tokens()
    with torch.no_grad():
        make_t5()
