"""The network with its losses."""

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

from pullquote.readers.network import ReaderNetwork

_NEVER = -1e4  # a logit of what cannot be; finite, so that bf16 and a softmax of only these hold


class Learner(nn.Module):
    """Sums three losses: the short answer's span, the sentence of evidence, whether it answers."""

    def __init__(self, network: ReaderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        sentence: Tensor,
        starts: Tensor,
        ends: Tensor,
        evidence: Tensor,
        has_span: Tensor,
        whole: Tensor,
        weight: Tensor,
    ) -> dict[str, Tensor]:
        """Return `loss`, and the logits that `sentences_of` and the metrics need."""
        pieces, pair = self.network(input_ids, attention_mask, token_type_ids)
        pieces, pair = pieces.float(), pair.float()
        allowed = sentence >= 0
        allowed[:, 0] = True
        span = _pointing(pieces[..., 0], starts, allowed) + _pointing(pieces[..., 1], ends, allowed)
        sentences = sentences_of(pieces[..., 2], sentence, evidence.shape[1] - 1)
        choice = torch.cat([pair[:, :1], sentences], dim=1)
        target = evidence / evidence.sum(1, keepdim=True)
        chosen = -(target * log_softmax(choice, dim=1)).sum(1)
        answers = binary_cross_entropy_with_logits(pair[:, 1], whole.clamp(min=0), reduction="none")
        loss = span / 2 * has_span + chosen + answers * (whole >= 0)
        return {"loss": (loss * weight).sum() / weight.sum(), "choice": choice, "whole": pair[:, 1]}


def sentences_of(logits: Tensor, sentence: Tensor, count: int) -> Tensor:
    """Return each sentence's logit (n, count): the log of the mean of its pieces' exponentials."""
    places = torch.arange(count, device=sentence.device)
    mine = sentence.unsqueeze(1) == places.view(1, -1, 1)
    masked = torch.where(mine, logits.unsqueeze(1), torch.full_like(logits.unsqueeze(1), _NEVER))
    sizes = mine.sum(2)
    pooled = torch.logsumexp(masked, dim=2) - torch.log(sizes.clamp(min=1).float())
    return torch.where(sizes > 0, pooled, torch.full_like(pooled, _NEVER))


def _pointing(logits: Tensor, gold: Tensor, allowed: Tensor) -> Tensor:
    """Return minus the log of the probability that falls on any accepted place."""
    scores = log_softmax(logits.masked_fill(~allowed, _NEVER), dim=1)
    return -torch.logsumexp(scores.masked_fill(gold == 0, _NEVER), dim=1)
