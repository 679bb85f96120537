"""POST /users/match: what is asked, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from rentix.operations import Note
from rentix.wire.bodies import MAX_OPERATIONS, ExternalId

Score = Annotated[
    int, Meta(ge=0, le=100, description="How much says so; 100 is number and name. No probability.")
]
Reasons = Annotated[tuple[str, ...], Meta(description="What says so, and what does not, in words.")]


class MatchAgentBody(msgspec.Struct, rename="camel", kw_only=True):
    """An agent as the CRM has them."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    external_id: ExternalId | UnsetType = UNSET
    phone: (
        Annotated[
            str,
            Meta(min_length=1, max_length=255, description="In any spelling; all numbers count."),
        ]
        | UnsetType
        | None
    ) = UNSET
    email: (
        Annotated[
            str,
            Meta(max_length=255, description="Not compared: users of the portal have none."),
        ]
        | UnsetType
        | None
    ) = UNSET


class MatchBody(msgspec.Struct, kw_only=True):
    """1 to 100 agents, who are told apart from each other as well: send an office together."""

    agents: Annotated[
        list[MatchAgentBody],
        Meta(extra_json_schema={"minItems": 1, "maxItems": MAX_OPERATIONS}),
    ]


class MatchCandidateShape(msgspec.Struct, rename="camel", kw_only=True):
    """A user who may be the agent."""

    user_id: int
    name: str
    phone: str
    score: Score
    reasons: Reasons


class MatchResultShape(msgspec.Struct, rename="camel", kw_only=True):
    """What is said of one agent. `userId` is there with `auto` only."""

    index: int
    verdict: Annotated[
        Literal["auto", "review", "none"],
        Meta(
            description="`auto`: one user, for certain. `review`: a person must decide. `none`: "
            "nobody is like them."
        ),
    ]
    user_id: int | None
    score: Score
    reasons: Reasons
    candidates: tuple[MatchCandidateShape, ...]


class MatchShape(msgspec.Struct, rename="camel", kw_only=True):
    """The answer to POST /users/match: one result an agent, in order."""

    results: tuple[MatchResultShape, ...]
    partial: (
        Annotated[
            bool,
            Meta(
                description="There, and true, when not all unlinked users were compared by name. "
                "By number they always are."
            ),
        ]
        | UnsetType
    ) = UNSET
    warnings: tuple[Note, ...] | UnsetType = UNSET
