"""The reader's network: one pass over question and passage, five numbers of evidence."""

from torch import Tensor, nn
from transformers import BertConfig, BertModel


class ReaderNetwork(nn.Module):
    """A BERT encoder with linear heads on its pieces and a small one on the whole pair.

    `forward` returns `pieces` (n, length, 3): logits that a short answer starts at, ends at, and
    that a piece carries evidence; and `whole` (n, 2): logits that no sentence does, and that the
    passage answers. That no span answers is told by the first piece ([CLS]), as in Devlin et al.,
    BERT (2019), section 4.3.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.encoder = BertModel(config, add_pooling_layer=False)
        width = config.hidden_size
        self.pieces = nn.Linear(width, 3)
        self.whole = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 2))

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Read a batch; all three are (n, length) integers."""
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.pieces(states), self.whole(states[:, 0])
