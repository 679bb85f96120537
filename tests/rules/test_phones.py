from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentix.model import Phone
from rentix.rules.phones import _read_many, read_phones

CHISINAU = "+37322123456"
MOBILE = "+37369123456"


def e164(text: str, region: str = "MD") -> str | None:
    phone = read_phones(text, region).phone
    return phone.e164 if phone else None


@pytest.mark.parametrize(
    "text",
    [
        "+373 22 123 456",
        "(022) 12-34-56",
        "022123456",
        "22123456",
        "37322123456",
        "0037322123456",
        "+373 (0) 22 123456",
        "00373 (22) 123 456",
        "tel:+373-22-123-456",
        "тел. 022 123 456",
        "022 123 456 ext. 12",
        "+373 22 123 456, доб. 7",
        "022 123 456;ext=12",
        "=022123456",
        "022 123 456 / 022 123 456",
        "22123456.0",
        "＋３７３２２１２３４５６",
        "+٣٧٣٢٢١٢٣٤٥٦",
        "\u202a+373\u00a022\u2011123\u2011456\u202c",
        "+022123456",
        "[022] 123456",
    ],
)
def test_one_number_however_it_is_written(text: str) -> None:
    assert e164(text) == CHISINAU
    assert read_phones(text, "MD").others == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "+",
        "NULL",
        "(0)(0)(0)(0)(0)",
        "3.73222E+10",
        "+3732212O456",
        "022 12З 456",
        "123456",
        "112",
        "0/7",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert read_phones(text, "MD").phone is None


def test_a_number_is_given_with_both_forms_and_its_kind() -> None:
    assert read_phones("022123456", "MD").phone == Phone(CHISINAU, "+373 22 123 456", "fixed")
    assert read_phones("069123456", "MD").phone == Phone(MOBILE, "+373 691 23 456", "mobile")
    assert read_phones("202-555-0119", "US").phone == Phone(
        "+12025550119", "+1 202-555-0119", "either"
    )
    assert read_phones("0800 12345", "MD").phone == Phone("+37380012345", "+373 800 12345", "other")


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("022 123 456, 069 123 456", ("+373 22 123 456",)),
        ("022123456/069123456", ("+373 22 123 456",)),
        ("022 123 456 069 123 456", ("+373 22 123 456",)),
        ("+373 69 123 456 +373 22 123 456", ("+373 22 123 456",)),
        ("069123456 sau 079123456", ("+373 791 23 456",)),
        ("069123456\n079123456\r\n022123456", ("+373 791 23 456", "+373 22 123 456")),
        ("тел. 022-12-34-56, моб. 069-12-34-56", ("+373 22 123 456",)),
        ("022123456tel.069123456", ("+373 22 123 456",)),
    ],
)
def test_the_first_mobile_is_taken_and_the_others_are_named(
    text: str, others: tuple[str, ...]
) -> None:
    reading = read_phones(text, "MD")
    assert reading.phone
    assert (reading.phone.e164, reading.others, reading.leftover) == (MOBILE, others, ())


def test_a_number_that_is_one_already_takes_nothing_more() -> None:
    reading = read_phones("030 123456 / 12345", "DE")  # 030 12345612345 would be valid, too
    assert reading.phone
    assert (reading.phone.e164, reading.leftover) == ("+4930123456", ("12345",))


@pytest.mark.parametrize("text", ["022 / 12-34-56", "+373 22 / 123456", "00373 22. 123456"])
def test_an_area_code_parted_from_its_number_belongs_to_it(text: str) -> None:
    reading = read_phones(text, "MD")
    assert reading.phone
    assert (reading.phone.e164, reading.leftover) == (CHISINAU, ())


def test_a_line_that_may_be_mobile_counts_as_one() -> None:
    assert e164("022 123 456, +1 202-555-0119") == "+12025550119"


@pytest.mark.parametrize("text", ["030 1234 56789", "030 12345 6789", "(0)30 123 45678"])
def test_one_number_is_not_torn_into_two(text: str) -> None:
    reading = read_phones(text, "DE")
    assert reading.phone
    assert (reading.others, reading.leftover) == ((), ())


def test_what_excel_adds_is_no_digit() -> None:
    assert read_phones("22123456.0", "MD").leftover == ()
    assert e164("30123456.0", "DE") == "+4930123456"


def test_without_a_mobile_the_first_number_is_taken() -> None:
    reading = read_phones("022 123 456; 022 654 321", "MD")
    assert reading.phone
    assert (reading.phone.e164, reading.others) == (CHISINAU, ("+373 22 654 321",))


@pytest.mark.parametrize(
    ("text", "leftover"),
    [
        ("069123456; agent@example.md", ("agent@example.md",)),
        ("069123456/agent@example.md", ("agent@example.md",)),
        ("069 123 456 ext. 12", ("ext. 12",)),
        ("069123456, 123456", ("123456",)),
        ("069123456/57", ("57",)),
        ("069 123 456 Ana", ("Ana",)),
        ("069123456 www.example.md", ("www.example.md",)),
        ("069123456; 0691234S6", ("0691234S6",)),
        ("069123456 / 12-34-56", ("12-34-56",)),
    ],
)
def test_what_was_not_taken_is_named_as_written(text: str, leftover: tuple[str, ...]) -> None:
    reading = read_phones(text, "MD")
    assert reading.phone
    assert (reading.phone.e164, reading.others, reading.leftover) == (MOBILE, (), leftover)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("212345/46", "MD"),  # 21234546 would be a number of Chisinau
        ("21-23-45/46", "MD"),
        ("3128758/76", "RO"),  # 312875876 one of Bucharest
        ("34234 / 56789", "RU"),  # two local numbers of five digits
        ("22-12-34 / 22-12-34-5", "MD"),
    ],
)
def test_two_local_numbers_are_not_glued_into_one(text: str, region: str) -> None:
    assert read_phones(text, region).phone is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0744/766.618", 1),
        ("0744/766/618", 1),
        ("0040/744766618", 1),
        ("0040(0)744 766 618", 1),
        ("=0230551958/0747677569", 2),
        ("0721/111111 0722/222222", 2),
        ("0721-111111/ 0722-222222", 2),
        ("0721.111.111. 0722.222.222", 2),
        ("0744766618 (ROM); 0034612345678(ESP)", 2),
        ("0230/551.958 int.123, 0744/766.618 (fax)", 2),
        ("0721-111111 şi 0722-222222", 2),
        ("0721111111/0722222222/0230551958", 3),
        ("o230551958", 1),
        ("742937496", 1),
    ],
)
def test_romanian_ways_of_writing(text: str, numbers: int) -> None:
    reading = read_phones(text, "RO")
    assert len(reading.others) + (reading.phone is not None) == numbers


def test_a_mobile_from_abroad_needs_no_plus_when_nothing_else_fits() -> None:
    assert e164("34612345678", "MD") == "+34612345678"
    assert e164("69123456789", "MD") is None
    assert e164("34612345678 9", "MD") == "+34612345678"


def test_an_unknown_region_reads_international_numbers_only() -> None:
    assert e164("+37369123456", "XX") == MOBILE
    assert e164("069123456", "XX") is None


def test_a_value_of_nothing_but_digit_groups_is_named_and_not_searched() -> None:
    reading = read_phones("1 2 " * 60, "DE")
    assert reading.phone is None
    assert reading.leftover == (("1 2 " * 60).strip(),)


@given(st.text(max_size=255), st.sampled_from(["MD", "RO", "UA", "RU", "US", "IT", "AR", "DE"]))
def test_any_text_can_be_read(text: str, region: str) -> None:
    read_phones(text, region)


PIECES = st.sampled_from(
    [
        *("+373", "+40", "+7", "00", "0", "(0)", "8", "69", "123", "456", "22", "744", "766618"),
        *("/", ",", ";", ".", "-", "(", ")", " ", "\n", "ext.", "tel.", "int", "x", "E+10", "O"),
        *("a@example.ro", "\u202e", "٣", "１"),
    ]
)


@given(
    st.lists(PIECES, max_size=30).map("".join),
    st.sampled_from(["MD", "RO", "UA", "RU", "US", "IT", "AR", "DE"]),
)
def test_a_phone_read_again_is_the_same_phone(text: str, region: str) -> None:
    reading = read_phones(text, region)
    if reading.phone:
        for form in (reading.phone.e164, reading.phone.international):
            for again_in in (region, "MD", "US"):
                assert read_phones(form, again_in).phone == reading.phone
    else:
        assert reading.others == ()


@given(
    st.lists(st.text("0123456789", min_size=1, max_size=6), min_size=2, max_size=6),
    st.sampled_from(["", "0", "00373", "0040 7", "069", "074"]),
    st.sampled_from([" ", "-"]),
    st.sampled_from(["MD", "RO", "UA", "RU", "US", "IT", "AR", "DE"]),
)
def test_a_number_in_groups_is_read_at_once_as_it_is_divided(
    groups: list[str], start: str, gap: str, region: str
) -> None:
    text = start + gap.join(groups)
    assert read_phones(text, region) == _read_many(text, region)


def test_the_oracle_of_written_forms(test_data: Path) -> None:
    oracle = json.loads((test_data / "phones/md_ro_ua_ru_forms_oracle.json").read_text("utf-8"))
    assert len(oracle) == 551
    for case in oracle:
        reading = read_phones(case["input"], case["region"])
        assert (reading.phone.e164 if reading.phone else None) == case["expected_e164"], case
        assert reading.others == ()


NUMBER_SHAPES = (
    *("9999/999.999", "9999.999.999", "9999 999 999", "9999/999999", "999/9999999", "9999-999999"),
    *("999 9999999", "9999 999999", "9999999999", "999999999"),
)
NUMBER_SHAPE = "|".join(map(re.escape, NUMBER_SHAPES))


def fill(shape: str, dice: random.Random) -> tuple[str, list[str]]:
    """Put Romanian numbers where a shape has room for a whole one, and noise elsewhere."""
    numbers: list[str] = []

    def put(found: re.Match[str]) -> str:
        number = dice.choice(["0230", "0744", "0213"]) + "".join(dice.choices("123456", k=6))
        numbers.append("+4" + number)
        digits = iter(number[-found[0].count("9") :])  # Excel strips the leading zero
        return re.sub("9", lambda _: next(digits), found[0])

    # Ten digits on both sides of a slash are two numbers; any other slash is inside one.
    shape = re.sub(r"(?<!9)9{10}(?=/9{10}(?!9))/", "9999999999|", shape)
    filled = re.sub(rf"(?<![9+/.-])(?:{NUMBER_SHAPE})(?![9/.-]*9)", put, shape).replace("|", "/")
    return re.sub("9", lambda _: dice.choice("345"), filled), numbers


def test_the_shapes_of_a_real_column(test_data: Path) -> None:
    """Every number a shape has room for is read, and none comes from two."""
    dice = random.Random(7)  # noqa: S311
    with (test_data / "phones/ro_phone_shapes.csv").open(encoding="utf-8") as file:
        shapes = {row["shape"]: int(row["count"]) for row in csv.DictReader(file)}
    checked = 0
    for shape, count in shapes.items():
        text, numbers = fill(shape, dice)
        reading = read_phones(text, "RO")
        read = {*(o.replace(" ", "") for o in reading.others)}
        if reading.phone:
            read.add(reading.phone.e164)
        for number in read - set(numbers):
            assert is_written_in_one_piece(number, text), (text, number)
        assert set(numbers) <= read, (text, numbers, read)
        checked += count if numbers else 0
    assert checked > 19_900


def is_written_in_one_piece(number: str, text: str) -> bool:
    """Whether the digits of a number stand together, with no list separator between."""
    pieces = re.split(r"[,;]| {2,}|[^\W\d]", text)
    return any(re.sub(r"\D", "", number)[-8:] in re.sub(r"\D", "", piece) for piece in pieces)


@pytest.mark.slow
def test_a_real_column_of_phones(test_data: Path) -> None:
    path = test_data / "rosters/ro_translators/roster_A_masked.csv"
    with path.open(encoding="utf-8") as file:
        values = [row["Telefon"] for row in csv.DictReader(file)]
    written = [value for value in values if value.strip() and value != "NULL"]
    unread = [value for value in written if read_phones(value, "RO").phone is None]
    assert len(written) == 10_411
    assert len(unread) <= 356
