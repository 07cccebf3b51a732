"""A language model of random weights and its tokenizer, made here: it speaks, and makes no sense."""

import sys
from pathlib import Path

_TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}<assistant>"
)
_LETTERS = [chr(code) for code in range(32, 127)] + ["\n"]


def make(folder: Path) -> None:
    """Write the model; it says characters, one a token."""
    import torch
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from tokenizers.decoders import Fuse
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<unk>", "<s>", "</s>", "<system>", "<user>", "<assistant>", *_LETTERS]
    tokenizer = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.decoder = Fuse()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>",
        pad_token="</s>", chat_template=_TEMPLATE, model_max_length=8_192,
    )  # fmt: skip
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=8_192,
            bos_token_id=1, eos_token_id=2, pad_token_id=2,
        )
    ).save_pretrained(folder)  # fmt: skip


if __name__ == "__main__":
    make(Path(sys.argv[1]))
