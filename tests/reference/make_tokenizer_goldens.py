"""Makes the goldens of core/tokenizers with the versions of requirements.txt beside this file.

    python tests/reference/make_tokenizer_goldens.py

The published tokenizer.json is what users' results follow, so the ids come from the `tokenizers` package running that file
(transformers 5 rebuilds T5TokenizerFast from the vocabulary and splits some texts otherwise), and from SentencePiece where
there is only spiece.model.

* tests/goldens/tokenizers/<form>/tokenizer.json: the forms in which transformers has written T5 models, each small.
  - converted: by the installed transformers' own T5Converter, with a user-defined symbol and 100 extra ids
  - year_2020: Precompiled alone, WhitespaceSplit and Metaspace with add_prefix_space (t5-base was published so)
  - year_2022: Precompiled and Replace " {2,}" by a space (mt5 was published so)
  - first: prefix only at the start, and added tokens with every flag
  - raw: no pre-tokenizer, Replace " " by the metaspace
* tests/goldens/tokenizers/ids.json: the texts with the ids of each form, and of tiny_wan's tokenizer.json and spiece.model.
"""

import copy
import json
import pathlib
import sys
import tempfile
import types

import sentencepiece
from tokenizers import Tokenizer
from transformers.convert_slow_tokenizer import T5Converter

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from make_tiny_wan import CORPUS  # noqa: E402
from tokenizer_texts import TEXTS  # noqa: E402

GOLDENS = pathlib.Path(__file__).parent.parent / "goldens"
FOLDER = GOLDENS / "tokenizers"
MAX_LENGTH = 512

# A small character map with every kind of rule: one character to several, several to one, to nothing, and to a space.
RULES = {"\ufb01": "fi", "\ufb02": "fl", "e\u0301": "\u00e9", "a\u0300": "\u00e0", "\u00a0": " ", "\u3000": " ", "\t": " ", "\n": " ",
         "\r": " ", "\u0001": "", "\u00ad": "", "\uff21": "A", "\uff35": "U", "\uff01": "!", "\u2026": "...", "\u2122": "TM",
         "\u201c": "\"", "\u201d": "\"", "\u0439\u0306": "\u0439", "\u212b": "\u00c5"}


def train(folder):
    rules = folder / "rules.tsv"
    rules.write_text("".join("{}\t{}\n".format(*(" ".join(f"{ord(c):X}" for c in text) for text in rule))
                             for rule in RULES.items()))
    corpus = folder / "corpus.txt"
    corpus.write_text(CORPUS * 20)
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(folder / "spiece"), vocab_size=200, model_type="unigram", pad_id=0, eos_id=1,
        unk_id=2, bos_id=-1, character_coverage=0.98, normalization_rule_tsv=str(rules), hard_vocab_limit=False,
        user_defined_symbols=["<sym>"], minloglevel=2)
    return folder / "spiece.model"


def convert(model):
    """What transformers' converter makes of a T5 spiece.model: it asks the slow tokenizer for little."""
    slow = types.SimpleNamespace(vocab_file=str(model), _extra_ids=100, add_prefix_space=True, legacy=True,
                                 convert_tokens_to_ids=lambda token: {"</s>": 1}[token])
    converted = json.loads(T5Converter(slow).converted().to_str())
    size = len(converted["model"]["vocab"])
    known = {token["content"] for token in converted["added_tokens"]}
    special = [("<pad>", 0), ("</s>", 1), ("<unk>", 2)]
    special += [(piece, size - 100 + i) for i, (piece, _) in enumerate(converted["model"]["vocab"][-100:])]
    for content, token_id in special:  # as PreTrainedTokenizerFast adds and saves them
        if content not in known:
            converted["added_tokens"].append(added(token_id, content, special=True))
    converted["added_tokens"].sort(key=lambda token: token["id"])
    return converted


def added(token_id, content, **flags):
    token = {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
             "special": False}
    return token | flags


def make_forms():
    with tempfile.TemporaryDirectory() as scratch:
        converted = convert(train(pathlib.Path(scratch)))
    charsmap, replace = converted["normalizer"]["normalizers"][0], {"type": "Replace", "pattern": {"Regex": " {2,}"}}
    assert charsmap["type"] == "Precompiled" and converted["pre_tokenizer"]["type"] == "Metaspace"
    forms = {"converted": converted}

    form = forms["year_2020"] = copy.deepcopy(converted)
    form["normalizer"] = charsmap
    form["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}]}

    form = forms["year_2022"] = copy.deepcopy(converted)
    form["normalizer"] = {"type": "Sequence", "normalizers": [charsmap, replace | {"content": " "}]}
    form["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}

    form = forms["first"] = copy.deepcopy(converted)
    form["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}
    size = len(form["model"]["vocab"])
    form["added_tokens"] += [added(size, "<left>", lstrip=True), added(size + 1, "<right>", rstrip=True),
                             added(size + 2, "word", single_word=True), added(size + 3, "\uff35PPER", normalized=True),
                             added(size + 4, "cafe\u0301", normalized=True), added(size + 5, "caf\u00e9!")]

    form = forms["raw"] = copy.deepcopy(converted)
    form["normalizer"] = {"type": "Sequence", "normalizers": [
        charsmap, {"type": "NFC"}, {"type": "Prepend", "prepend": "▁"}, {"type": "Strip", "strip_left": True, "strip_right": True},
        {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
    form["pre_tokenizer"] = None

    for name, form in forms.items():
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
        (FOLDER / name / "tokenizer.json").write_text(json.dumps(form, ensure_ascii=False, separators=(",", ":")) + "\n")
    return list(forms)


def encode_json(file):
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_truncation(MAX_LENGTH)
    return [tokenizer.encode(text).ids for text in TEXTS]


def encode_spiece(file):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(file))
    return [processor.encode(text)[:MAX_LENGTH - 1] + [processor.eos_id()] for text in TEXTS]


def main():
    forms = make_forms()
    ids = {name: encode_json(FOLDER / name / "tokenizer.json") for name in forms}
    ids["tiny_wan"] = encode_json(GOLDENS / "tiny_wan" / "tokenizer" / "tokenizer.json")
    ids["tiny_wan_spiece"] = encode_spiece(GOLDENS / "tiny_wan" / "tokenizer" / "spiece.model")
    rows = ",\n".join(json.dumps({"text": text} | {name: ids[name][i] for name in ids}) for i, text in enumerate(TEXTS))
    (FOLDER / "ids.json").write_text(f"[\n{rows}\n]\n")
    print(len(TEXTS), "texts,", {name: len({json.dumps(row) for row in ids[name]}) for name in ids})


if __name__ == "__main__":
    main()
