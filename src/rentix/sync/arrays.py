"""Which array of a JSON document holds the agents, where nobody has said."""

from __future__ import annotations

from rentix.sync import synonyms
from rentix.sync.proposal import Proposal, propose
from rentix.sync.sources import SeveralArrays, Source, open_source
from rentix.sync.sources.json import JsonSource
from rentix.sync.synonyms import read_list, words


def open_and_propose(location: str) -> tuple[Source, Proposal]:
    """Open a roster and propose a map; of several arrays for the one that looks most like agents.

    Raises:
        SetupError: it cannot be read, or holds no agents.
    """
    try:
        source = open_source(location)
    except SeveralArrays as several:
        found = [_propose(JsonSource(several.path, each)) for each in several.arrays]
        source, proposal = max(found, key=lambda pair: _likeness(*pair))
        proposal.other_arrays = tuple(each.items for each, _ in found if each is not source)
        return source, proposal
    return _propose(source) if isinstance(source, JsonSource) else (source, propose(source))


def _propose(source: JsonSource) -> tuple[JsonSource, Proposal]:
    proposal = propose(source)
    proposal.items = source.items or None
    return source, proposal


def _likeness(source: JsonSource, proposal: Proposal) -> tuple[bool, bool, int, int]:
    """How much an array is one of agents: it has who they are, is called so, has more of them."""
    filled = {*proposal.columns, *proposal.templates}
    is_called_so = words(source.items.rpartition(".")[2]) in read_list(synonyms.AGENTS)
    return {"externalId", "name"} <= filled, is_called_so, len(filled), source.lines
