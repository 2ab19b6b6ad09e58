"""The tokenizer: a SentencePiece unigram model of the captions and general English.

Wan's tokenizer folder holds the same vocabulary twice, as `spiece.model` and as
`tokenizer.json`, and so does this one; `write_tokenizer` checks that both give the
same ids.
"""

import io
import json
import random
import re
from pathlib import Path
from pydoc_data.topics import topics

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from grammar import all_captions, all_scenes, random_caption
from settings import Settings

PAD, EOS, UNKNOWN = "<pad>", "</s>", "<unk>"
SPECIAL_TOKENS = {"eos_token": EOS, "pad_token": PAD, "unk_token": UNKNOWN}
PRINTABLE_ASCII = "".join(map(chr, range(33, 127)))

# Sentences no caption has, on which both forms must agree as well.
FOREIGN_TEXTS = (
    "",
    "A Red CIRCLE, moving right!",
    "two dogs  chase a ball (slowly) through Paris in 1999",
    "naïve café ① ｆｕｌｌ-width 日本",
)


def _training_sentences(seed: int) -> list[str]:
    """The captions, and the English that comes with Python: its language reference."""
    captions = [caption for scene in all_scenes()[::16] for caption in all_captions(scene)]
    english = re.findall(r"[A-Za-z][A-Za-z ,.'-]{20,}", "\n".join(topics.values()))
    sentences = captions + [caption.capitalize() for caption in captions] + english
    random.Random(seed).shuffle(sentences)
    return sentences


def _train(settings: Settings) -> bytes:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_training_sentences(settings.seed)),
        model_writer=model,
        model_type="unigram",
        vocab_size=settings.vocabulary,
        character_coverage=1.0,
        required_chars=PRINTABLE_ASCII,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        pad_piece=PAD,
        eos_piece=EOS,
        unk_piece=UNKNOWN,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def _fast_tokenizer(model: bytes) -> Tokenizer:
    """The same model for the `tokenizers` library, built as transformers builds T5's."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(model)
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    fast = Tokenizer(Unigram(pieces, unk_id=2, byte_fallback=False))
    fast.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    fast.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True),
        ]
    )
    fast.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    fast.post_processor = processors.TemplateProcessing(
        single=["$A", EOS], special_tokens=[(EOS, 1)]
    )
    fast.add_special_tokens([PAD, EOS, UNKNOWN])
    return fast


def _write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tokenizer(settings: Settings) -> None:
    """Trains the tokenizer and writes its folder, laid out as Wan's."""
    folder = settings.out / "tokenizer"
    folder.mkdir(parents=True, exist_ok=True)
    model = _train(settings)
    (folder / "spiece.model").write_bytes(model)
    fast = _fast_tokenizer(model)
    fast.save(str(folder / "tokenizer.json"))
    _write_json(folder / "special_tokens_map.json", SPECIAL_TOKENS)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "add_prefix_space": True,
            "added_tokens_decoder": {
                str(index): {
                    "content": token,
                    "lstrip": False,
                    "normalized": False,
                    "rstrip": False,
                    "single_word": False,
                    "special": True,
                }
                for index, token in enumerate((PAD, EOS, UNKNOWN))
            },
            "additional_special_tokens": [],
            "clean_up_tokenization_spaces": False,
            "extra_ids": 0,
            "model_max_length": settings.max_sequence_length,
            "sp_model_kwargs": {},
            "tokenizer_class": "T5Tokenizer",
            **SPECIAL_TOKENS,
        },
    )

    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    rng = random.Random(settings.seed)
    texts = [random_caption(scene, rng) for scene in rng.sample(all_scenes(), 200)]
    for text in texts + list(FOREIGN_TEXTS):
        if pieces.encode(text) + [1] != fast.encode(text).ids:
            raise RuntimeError(f"the two forms of the tokenizer disagree on {text!r}")
