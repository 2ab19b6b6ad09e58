"""The texts of the byte-pair tokenizer goldens: those of the other tokenizers, what these treat specially, and random mixtures."""

import random

from tokenizer_texts import TEXTS as SHARED

WRITTEN = [
    "<|begin_of_text|>", "a <|eot_id|> b", "<|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>", "<|eot_id|><|eot_id|>", "<|eot_id", "|eot_id|>",
    "<|begin_of_text|>twice<|begin_of_text|>", "<pad><image> <pad>", "<|reserved_special_token_0|>x", "< |eot_id|>",
    "<|startoftext|>", "<|endoftext|>", "a<|endoftext|>b", "A <|ENDOFTEXT|> B <|StartOfText|>", "<|endoftext|><|endoftext|>", "  <|endoftext|>  x ",
    "<|startoftext|>a cat<|endoftext|> and more", "<|endoftext", "startoftext|>",
    "it's IT'S I'm I'M they're THEY'RE we've we'll he'd don't DON'T 'tis 's 'S ''s '\u017f", "rock'n'roll 'em 'round", "x's's's", "'", "''", "'ll 'LL 'Ll",
    "1", "12", "123", "1234", "1234567890", "3.14159", "1,000,000", "\u0661\u0662\u0663\u0664 \u096a\u096b \u216b \u00bd\u00b2\u2460", "v2.0-beta1", "0x1F 1e-5",
    "\n", "\n\n", "\n\n\n", " \n", "\n ", " \n \n ", "a\n", "a \n b", "a  \n\n  b", "\r\n\r\n", "a\r\nb\r\n", "!\n", "!!\n\n?", "  !\n x", "\t\n\t",
    "a ", "a  ", "a   ", " a", "  a", "   a", "a  b   c    d", "\u3000a\u3000\u3000b", "\u00a0\u00a0a", "\u2028x\u2029y", "\u0085x", "\u200b\u200bx", "\u180ex\u1680y",
    "Hunyuan video", " Hunyuan", "HunyuanHunyuan Hunyuan", "A video of the Hunyuan river; background environment, light, style and atmosphere.",
    "describe the following aspects: camera angles, movements and transitions",
    "\u0130STANBUL \u0130 i\u0307 I\u0307", "\u03a3\u0391\u03a3 \u039f\u0394\u039f\u03a3 \u03c3\u03b1\u03c2", "STRASSE \u1e9e \u00df", "\u01c4\u01c5\u01c6 \u01f1", "\ua7ae \u10a0 \u13a0 \u1c90",
    "\u212a \u212b \u2126", "\ufb00\ufb01\ufb02", "A\u030a \u00c5 \u212b", "q\u0323\u0307 q\u0307\u0323", "\u1100\u1161\u11a8 \uac01", "\u0344 \u0958 \u2adc", "\u0f73\u0f75",
    "a\u0301b\u0302c", "\u0301", "\u0301\u0302", " \u0301", "e\u0301\u0301", "\u20dd\u20de", "\u0e33\u0e4d\u0e32",
    "_", "__init__", "snake_case_name", "a_b-c.d/e\\f", "()[]{}<>", "...", "\u2026", "\u2014\u2013-", "\u00ab\u00bb\u201e\u201c", "#@$%^&*~`|", "\u00a3\u20ac\u00a5\u20b9\u20bf", "\u00b0C \u2030 \u221e \u2260",
    "\U0001f600\U0001f600", "\U0001f468\u200d\U0001f4bb", "\u2764\ufe0f", "\U0001f1ef\U0001f1f5\U0001f1fa", "\u263a\ufe0e \u263a\ufe0f", "\U0001faf6\U0001f3ff", "\U0001f9d1\U0001f3fb\u200d\u2764\ufe0f\u200d\U0001f9d1",
    "\x00", "\x00\x00a", "a\x01\x02b", "\x1b[31mred\x1b[0m", "\x7f\x80\x9f", "\ufeffbom", "\u202eright to left\u202c", "\ue000\uf8ff", "\U000f0000", "\ufdd0\uffff", "\U0001fffe",
    "\u4f60\u597d\uff0c\u4e16\u754c\uff01", "\u4e2d\u6587English\u6df7\u5408123\u6d4b\u8bd5", "\u6771\u4eac\u30bf\u30ef\u30fc\u3068\u5bcc\u58eb\u5c71", "\uff76\uff80\uff76\uff85", "\ud55c\uad6d\uc5b4 \ubb38\uc7a5", "\U00020bb7\u91ce\u5bb6",
    "\u0440\u044b\u0436\u0438\u0439 \u043a\u043e\u0442 \u0411\u0415\u0413\u0418\u0422", "\u0627\u0644\u0642\u0637\u0629\u060c \u0627\u0644\u0633\u0648\u062f\u0627\u0621\u061f", "\u05d7\u05ea\u05d5\u05dc \u05e9\u05d7\u05d5\u05e8", "\u092c\u093f\u0932\u094d\u0932\u0940 \u0967\u0968", "\u0e41\u0e21\u0e27\u0e14\u0e33", "m\u00e8o \u0111en ch\u1ea1y",
    "word " * 400, "word" * 300, " " * 500, "\n" * 300, "!" * 700, "1" * 1000, "\u732b" * 500, "\U0001f600" * 200, "a b " * 40 + "<|endoftext|> tail", "\u0301" * 300,
    "x" * 74, "x " * 74, "cat " * 74 + "dog", "cat " * 75 + "dog", "cat " * 76 + "dog",
]

POOLS = [
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", " ", "  \t\n\r\u00a0\u2003\u3000\u000b\u0085", ".,;:!?'\"-_()[]{}<>/\\|@#$%^&*+=~`",
    "\u00e0\u00e9\u00ee\u00f5\u00fc\u00c5\u00d8\u00df\u0130\u0131\u017f\u0141", "\u03b1\u03b2\u03b3\u03a3\u03c3\u03c2\u0386\u03cc", "\u0430\u0431\u0432\u0413\u0414\u0401\u0439", "\u0627\u0644\u0642\u0637\u0640\u064b\u0650",
    "\u05d0\u05d1\u05e9\u05c1", "\u0915\u094d\u0937\u093f\u0967", "\u0e01\u0e33\u0e31\u0e35", "\u1100\u1161\u11a8\uac00\ud55c", "\u3042\u30ab\u30fc\uff76\u3099", "\u4e00\u4e8c\u732b\u9f98\U00020bb7",
    "\U0001f600\U0001f680\u2764\ufe0f\u200d\U0001f3fd\U0001f1e9\U0001f1ea", "\u0300\u0301\u0308\u0323\u20dd", "\x00\x01\x1b\x7f\u00ad\u200b\ufeff\u202e\ue000\ufffd", "\u2013\u2014\u2026\u201c\u201d\u2018\u2019\u20ac\u2122",
    "\u00bd\u00b2\u2460\u216b\u0661", ["<|endoftext|>", "<|startoftext|>", "<|eot_id|>", "<pad>", "'s", "'RE", "n't", " the", " video", "Hunyuan", "cat", "\n\n"],
]


def random_texts(count):
    generator = random.Random(20)
    texts = []
    for _ in range(count):
        pools = generator.sample(POOLS, generator.randint(1, 5))
        parts = []
        for _ in range(generator.randint(1, 9)):
            pool = generator.choice(pools)
            parts += [generator.choice(pool) for _ in range(generator.randint(1, 5))]
        texts.append("".join(parts))
    return texts


TEXTS = list(dict.fromkeys(SHARED + WRITTEN + random_texts(160)))
