"""Writes the tokenizer of the cut-down embedder in the format of the ``tokenizers`` library."""

from __future__ import annotations

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from knowledge_base.embedder.make.vocabulary import WORD_START, Vocabulary
from knowledge_base.embedder.make.weights_file import SpecialIds


def make_tokenizer(vocabulary: Vocabulary, special: SpecialIds, *, positions: int) -> Tokenizer:
    """A tokenizer that cuts text as the full model's does, with the kept pieces only; at most ``positions``
    ids a text.
    """
    begin, end = special.begin, special.end
    pieces = vocabulary.pieces
    pairs = list(zip(pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(Unigram(pairs, unk_id=special.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement=WORD_START, prepend_scheme="always"),
        ]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{pieces[begin]} $A {pieces[end]}",
        special_tokens=[(pieces[begin], begin), (pieces[end], end)],
    )
    tokenizer.enable_truncation(max_length=positions)
    tokenizer.enable_padding(pad_id=special.padding, pad_token=pieces[special.padding])
    return tokenizer
