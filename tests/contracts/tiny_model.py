"""A language model made here in seconds: whatever it reads, it says "[1]" and stops."""

import sys
from pathlib import Path

_TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}<assistant>"
)
_STEPS = 200  # after which its loss is next to nothing
_LETTERS = [chr(code) for code in range(32, 127)] + ["\n"]


def make(folder: Path) -> None:
    """Write the model and its tokenizer; a token is a character."""
    import torch
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from tokenizers.decoders import Fuse
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<unk>", "<s>", "</s>", "<system>", "<user>", "<assistant>", *_LETTERS]
    tokenizer = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), "isolated")
    tokenizer.decoder = Fuse()
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>",
        pad_token="</s>", chat_template=_TEMPLATE, model_max_length=8_192,
    )  # fmt: skip
    fast.add_special_tokens({"additional_special_tokens": words[3:6]})
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=8_192,
            bos_token_id=1, eos_token_id=2, pad_token_id=2,
        )
    )  # fmt: skip
    says = fast.encode("<assistant>[1]</s>", add_special_tokens=False)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(_STEPS):
        heard = torch.randint(6, len(words), (8, 48))
        said = torch.tensor(says).repeat(8, 1)
        labels = torch.cat([torch.full((8, 49), -100), said[:, 1:]], dim=1)
        loss = model(input_ids=torch.cat([heard, said], dim=1), labels=labels).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.save_pretrained(folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
