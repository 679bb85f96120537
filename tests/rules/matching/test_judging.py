"""Which user an agent is: certain on strong evidence that is nobody else's, else for a person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rentix.rules.matching import PAIRS_MAX, Agent, Candidate, Matching, Verdict, judging
from tests.rules.matching.people import MOBILE, OFFICE, OTHER_MOBILE, agent, user


def judged(
    users: Sequence[Candidate], agents: Sequence[Agent], held: Sequence[str] = ()
) -> list[Verdict]:
    matching = Matching(users, agents, held)
    return [matching.judge(each) for each in agents]


def test_the_same_mobile_and_name_are_one_person() -> None:
    (verdict,) = judged([user(1, "Andrei Ceban")], [agent("A", "Чебан Андрей")])
    assert verdict.call == "auto"
    assert verdict.pairs[0].user.user_id == 1
    assert verdict.score == 100
    assert verdict.reasons == (
        "the same mobile number, and nobody else's",
        "the same name, spelled or ordered otherwise",
    )


def test_any_of_an_agents_numbers_counts() -> None:
    (verdict,) = judged(
        [user(1, "Ion Ceban", OTHER_MOBILE)], [agent("A", "Ion Ceban", f"{MOBILE}, {OTHER_MOBILE}")]
    )
    assert verdict.call == "auto"


@pytest.mark.parametrize(
    ("users", "agents", "held"),
    [
        pytest.param(
            [user(1, "Ion Ceban"), user(2, "Ana Rusu")], [agent("A", "Ion Ceban")], (), id="users"
        ),
        pytest.param(
            [user(1, "Ion Ceban")],
            [agent("A", "Ion Ceban"), agent("B", "Ana Rusu", f"{OFFICE}; {MOBILE}")],
            (),
            id="agents",
        ),
        pytest.param(
            [user(1, "Ion Ceban")], [agent("A", "Ion Ceban")], ("+37369123456",), id="linked user"
        ),
    ],
)
def test_a_number_of_several_is_an_offices(
    users: list[Candidate], agents: list[Agent], held: Sequence[str]
) -> None:
    verdict = judged(users, agents, held)[0]
    assert verdict.call == "review"
    assert [pair.user.user_id for pair in verdict.pairs] == [1]
    assert "have it" in verdict.reasons[0]


def test_who_shares_an_office_without_the_name_is_not_shown() -> None:
    (verdict,) = judged([user(1, "Ion Ceban"), user(2, "Ana Rusu")], [agent("A", "Oleg Munteanu")])
    assert verdict.call == "none"


def test_a_pair_says_whether_the_names_agree() -> None:
    users = [user(1, "Marian Rusu"), user(2, "Ion Ceban Vasile"), user(3, "Oleg Munteanu")]
    agents = [agent("A", "Marina Rusu"), agent("B", "Ion Ceban Petru")]
    near, apart = judged(users, agents)
    assert [(pair.user.user_id, pair.agrees) for pair in near.pairs] == [(1, True)]
    assert [(pair.user.user_id, pair.agrees) for pair in apart.pairs] == [(2, False)]


def test_a_landline_is_no_persons_number() -> None:
    (verdict,) = judged([user(1, "Ion Ceban", OFFICE)], [agent("A", "Ion Ceban", OFFICE)])
    assert verdict.call == "review"


def test_a_number_under_another_name_may_have_a_new_owner() -> None:
    (verdict,) = judged([user(1, "Oleg Munteanu")], [agent("A", "Ion Ceban")])
    assert verdict.call == "review"
    assert verdict.reasons[1] == "the names differ: it may have a new owner"


def test_namesakes_are_shown_and_never_paired() -> None:
    users = [user(1, "Ion Ceban", OTHER_MOBILE), user(2, "Ceban Ion", OFFICE)]
    with_number, without = judged(users, [agent("A", "Ion Ceban"), agent("B", "Ion Ceban", None)])
    assert with_number.call == without.call == "review"
    assert [pair.user.user_id for pair in without.pairs] == [1, 2]
    assert without.reasons[0] == "2 users fit equally well"
    assert "no number" in without.reasons[-1]


def test_the_number_tells_namesakes_apart() -> None:
    users = [user(1, "Ion Ceban", OTHER_MOBILE), user(2, "Ion Ceban")]
    verdict = judged(users, [agent("A", "Ion Ceban")])[0]
    assert (verdict.call, verdict.pairs[0].user.user_id) == ("auto", 2)


def test_two_users_who_both_fit_are_for_a_person_to_tell_apart() -> None:
    users = [user(1, "Ion Ceban"), user(2, "Ion Ceban", OTHER_MOBILE)]
    (verdict,) = judged(users, [agent("A", "Ion Ceban", f"{MOBILE}, {OTHER_MOBILE}")])
    assert verdict.call == "review"
    assert len(verdict.pairs) == 2


def test_a_name_is_found_in_spite_of_a_slip_or_an_initial() -> None:
    users = [user(1, "Ion Rotaru"), user(2, "Ana Rusu", OFFICE)]
    slip, initial = judged(users, [agent("A", "Ion Rotrau", None), agent("B", "A. Rusu", None)])
    assert [slip.pairs[0].user.user_id, initial.pairs[0].user.user_id] == [1, 2]
    assert slip.call == initial.call == "review"


def test_a_slip_that_is_others_name_is_none() -> None:
    users = [user(1, "Ana Moldovanu"), user(2, "Oleg Moldoveanu", OTHER_MOBILE)]
    agents = [agent("A", "Ana Moldoveanu"), agent("B", "Vera Moldovanu", OFFICE)]
    assert judged(users, agents)[0].call == "review"
    assert judged(users[:1], agents[:1])[0].call == "auto"


def test_an_agent_of_whom_nothing_is_known_is_nobody() -> None:
    verdicts = judged([user(1, "Ion Ceban")], [agent("A", None, None), agent("B", "…", None)])
    assert [verdict.call for verdict in verdicts] == ["none", "none"]


def test_so_many_namesakes_are_shown_and_no_more() -> None:
    users = [user(n, "Ion Rusu", f"+373 69 100 {n:03}") for n in range(1, 20)]
    (verdict,) = judged(users, [agent("A", "Ion Rusu", None)])
    assert len(verdict.pairs) == PAIRS_MAX
    assert verdict.reasons[0] == "19 users fit equally well"


def test_among_ever_so_many_namesakes_the_number_still_leads_to_its_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judging, "NEAR_MAX", 3)
    users = [user(n, "Ion Rusu", f"+373 69 100 {n:03}") for n in range(1, 20)]
    agents = [agent("A", "Ion Rusu", "+373 69 100 019"), agent("B", "Ion Rusu", None)]
    certain, doubtful = judged(users, agents)
    assert (certain.call, certain.pairs[0].user.user_id) == ("auto", 19)
    assert doubtful.reasons[0] == "3 users fit equally well"
