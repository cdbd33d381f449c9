"""The sentence above a chart: what it says of its frame, and that it can be said."""

from datetime import date

import polars as pl
import pytest

from guanqing import headlines, text

MONTHS = pl.DataFrame(
    {
        "month": [date(2019, 1, 1), date(2019, 2, 1), date(2019, 3, 1)],
        "loan_count": [900, 1200, 1000],
        "new_borrower_count": [9, 2, 4],
        "holder_count": [9800, 9900, 10_010],
    }
)
CLASSES = pl.DataFrame(
    {
        "class_code": ["I", "G"],
        "class_name_en": ["Literature", "Education"],
        "loan_count": [60, 40],
        "loan_share": [0.6, 0.4],
        "item_share": [0.2, 0.8],
    }
)
QUARTERS = pl.DataFrame(
    {
        "quarter": [date(2019, 1, 1)] * 2 + [date(2019, 4, 1)] * 2 + [date(2019, 7, 1)] * 2,
        "class_code": ["I", "G"] * 3,
        "name": ["Literature", "Education"] * 3,
        "loan_count": [50, 50, 90, 10, 55, 45],
        "loan_share": [0.5, 0.5, 0.9, 0.1, 0.55, 0.45],
    }
)
REASONS = pl.DataFrame(
    {
        "reason_code": ["left_city", "too_far", "not_held"],
        "kind": ["normal", "abnormal", "abnormal"],
        "card_count": [5, 2, 3],
        "card_share": [0.5, 0.2, 0.3],
    }
)
HOURS = pl.DataFrame(
    {"weekday": [1, 6], "hour": [9, 15], "loan_count": [40, 30], "loans_per_day": [4.0, 7.5]}
)
MACHINES = pl.DataFrame(
    {
        "month": [date(2019, 1, 1), date(2019, 2, 1), date(2019, 3, 1)],
        "loan_count": [0, 40, 50],
        "self_service_share": [None, 0.7, 0.62],
    }
)
CURVE = pl.DataFrame({"borrower_share": [0.05, 0.104, 1.0], "loan_share": [0.3, 0.45, 1.0]})
BORROWERS = pl.DataFrame({"loan_count": [102, 89, 77]})
DAYS = pl.DataFrame({"day": [date(2019, 3, 5), date(2019, 3, 6)], "loan_count": [3, 8]})
WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
REFUSED = pl.DataFrame(
    {
        "reason_code": ["unknown", "on_loan", "lost"],
        "name": ["Not recorded", "On loan", "Lost"],
        "refusal_count": [5, 3, 0],
        "refusal_rate": [0.25, 0.15, 0.0],
        "request_count": [20, 20, 20],
    }
)
REASON_NAMES = {"too_far": "Lives too far", "not_held": "Not held"}


def empty(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.clear()


def of_nothing(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame of a period in which nothing happened: counts of 0, shares of nothing."""
    counts = [name for name in frame.columns if name.endswith(("_count", "per_day"))]
    shares = [name for name in frame.columns if name.endswith("_share")]
    return frame.with_columns(pl.col(counts) * 0, pl.lit(None, pl.Float64).alias("x")).with_columns(
        [pl.lit(None, pl.Float64).alias(name) for name in shares]
    )


# Each finding of the pages with a frame that has something to say, and what it says.
SAID = {
    "busiest month": (
        lambda f: headlines.loans_over_time(f, None),
        MONTHS,
        "Feb 2019 was the busiest month: 1,200 loans",
    ),
    "loans up": (
        lambda f: headlines.loans_over_time(f, 0.051),
        MONTHS,
        "Loans up 5.1% year on year; peak Feb 2019 (1,200)",
    ),
    "loans down": (
        lambda f: headlines.loans_over_time(f, -0.2),
        MONTHS,
        "Loans down 20.0% year on year; peak Feb 2019 (1,200)",
    ),
    "busiest day": (
        lambda f: headlines.loans_over_time(f, None),
        DAYS,
        "Busiest day: 6 Mar 2019, 8 loans",
    ),
    "busiest hour": (
        lambda f: headlines.busiest_hour(f, WEEK),
        HOURS,
        "Busiest on Sat at 15:00, 7.5 loans on average",
    ),
    "every month alike": (
        lambda f: headlines.loans_over_time(f, None),
        MONTHS.with_columns(loan_count=pl.lit(5)),
        "15 loans",
    ),
    "one month known": (
        lambda f: headlines.loans_over_time(f, None),
        MONTHS.with_columns(loan_count=pl.Series([None, None, 1000])),
        "1,000 loans in Mar 2019",
    ),
    "no busiest hour": (
        lambda f: headlines.busiest_hour(f.head(1), WEEK),
        HOURS,
        "No hour is busier than the others",
    ),
    "one class alone": (
        lambda f: headlines.class_gap(f.head(1), "class_name_en"),
        CLASSES,
        "All of it: Literature",
    ),
    "no class recorded": (
        lambda f: headlines.class_gap(f.with_columns(class_code=pl.lit("none")), "class_name_en"),
        CLASSES,
        "No kind is recorded for any of them",
    ),
    "loans in one month of several": (
        lambda f: headlines.loans_over_time(f, None),
        MONTHS.with_columns(loan_count=pl.Series([0, 0, 1])),
        "1 loan in Mar 2019",
    ),
    "few loans at any hour": (
        lambda f: headlines.busiest_hour(f, WEEK),
        HOURS.with_columns(loan_count=pl.Series([2, *[0] * (HOURS.height - 1)])),
        "2 loans: too few to tell which hour is busiest",
    ),
    "classes alike": (
        lambda f: headlines.class_gap(f, "class_name_en"),
        CLASSES.with_columns(loan_share=pl.lit(0.25)),
        f"{CLASSES.height} lead alike, Literature among them: 25.0% each",
    ),
    "one borrower": (
        headlines.concentration,
        pl.DataFrame({"borrower_share": [1.0], "loan_share": [1.0]}),
        "Only one reader borrowed",
    ),
    "one refusal": (
        lambda f: headlines.refusals(f, "name"),
        REFUSED.with_columns(
            request_count=pl.lit(1), refusal_count=pl.Series([1, *[0] * (REFUSED.height - 1)])
        ),
        "1 of 1 request was refused",
    ),
    "one cancellation": (
        lambda f: headlines.avoidable(f, REASON_NAMES),
        REASONS.with_columns(card_count=pl.Series([0, 1, 0])),
        "1 card cancelled, 1 for a reason the library could act on",
    ),
    "one loan each": (
        lambda f: headlines.concentration(f.with_columns(loan_share=pl.col("borrower_share"))),
        CURVE,
        "Every borrower has as many loans",
    ),
    "leaders alike": (
        lambda f: headlines.leader(f.with_columns(loan_count=pl.lit(1))),
        BORROWERS,
        "All on the list have 1 loan",
    ),
    "largest": (
        lambda f: headlines.largest(
            f, "finding.top_class", "class_code", "class_name_en", "loan_share"
        ),
        CLASSES,
        "Literature leads with 60.0% of loans",
    ),
    "class gap": (
        lambda f: headlines.class_gap(f, "class_name_en"),
        CLASSES,
        "Literature: 60.0% of loans, 20.0% of holdings",
    ),
    "class without holdings": (
        lambda f: headlines.class_gap(
            f.with_columns(item_share=pl.lit(None, pl.Float64)), "class_name_en"
        ),
        CLASSES,
        "Literature leads with 60.0% of loans",
    ),
    "self-service": (
        lambda f: headlines.self_service(f, f["self_service_share"].mean()),
        MACHINES,
        "66.0% of loans at machines, most in Feb 2019 (70.0%)",
    ),
    "self-service in one month": (
        lambda f: headlines.self_service(f, f["self_service_share"].mean()),
        MACHINES.tail(1),
        "62.0% of loans at machines",
    ),
    "concentration": (
        headlines.concentration,
        CURVE,
        "Busiest tenth makes 45.0% of loans",
    ),
    "new borrowers": (
        headlines.new_borrowers,
        MONTHS,
        "15 borrowed for the first time on record, most in Jan 2019 (9)",
    ),
    "new borrowers in one month": (
        headlines.new_borrowers,
        MONTHS.head(1),
        "9 borrowed for the first time on record",
    ),
    "leader": (headlines.leader, BORROWERS, "The first has 102 loans; 77 make the list"),
    "refusals": (
        lambda f: headlines.refusals(f, "name"),
        REFUSED,
        "40.0% of 20 requests refused, first: On loan",
    ),
    "refusals without a reason": (
        lambda f: headlines.refusals(f, "name"),
        REFUSED.head(1),
        "25.0% of 20 requests refused; no reason is recorded",
    ),
    "no refusal": (
        lambda f: headlines.refusals(f, "name"),
        REFUSED.tail(1),
        "No refusal among 20 requests",
    ),
    "avoidable": (
        lambda f: headlines.avoidable(f, REASON_NAMES),
        REASONS,
        "50.0% of cancellations could be avoided, first: Not held",
    ),
    "holders": (lambda f: headlines.holders(f, None), MONTHS, "10,010 card holders"),
    "holders at the target": (
        lambda f: headlines.holders(f, 10_010),
        MONTHS,
        "10,010 card holders: the target of 10,010 is reached",
    ),
    "holders short": (
        lambda f: headlines.holders(f, 13_000),
        MONTHS,
        "10,010 card holders, 2,990 short of 13,000",
    ),
}
every_finding = pytest.mark.parametrize(
    ("find", "frame", "sentence"), SAID.values(), ids=SAID.keys()
)


@every_finding
def test_a_finding_says_the_first_thing_a_reader_would_see(find, frame, sentence):
    key, values = find(frame)
    assert text.translate(key, "en", **values) == sentence


@every_finding
def test_a_finding_can_be_said_in_every_language(find, frame, sentence):
    key, values = find(frame)
    assert "{" not in text.translate(key, "zh", **values)


@every_finding
def test_the_order_of_rows_changes_no_finding(find, frame, sentence):
    ordered_by_the_query = {"holder_count", "borrower_share", "item_share"} & set(frame.columns)
    if not ordered_by_the_query and frame is not BORROWERS:
        assert find(frame.reverse()) == find(frame)


@pytest.mark.parametrize(
    ("find", "frame"),
    [(find, empty(frame)) for find, frame, _ in SAID.values() if frame is not CLASSES]
    + [
        (find, of_nothing(frame))
        for find, frame, _ in SAID.values()
        if frame is not CURVE and frame is not BORROWERS
    ],
)
def test_where_nothing_happened_that_is_what_is_said(find, frame):
    if "holder_count" in frame.columns and frame.height:
        frame = frame.with_columns(holder_count=pl.lit(None, pl.Int64))
    assert find(frame) == headlines.NOTHING


def test_where_no_loan_was_made_at_a_machine_no_month_has_the_most():
    key, values = headlines.self_service(
        MACHINES.with_columns(pl.col("self_service_share") * 0), 0.0
    )
    assert text.translate(key, "en", **values) == "No loan was made at a machine"


@pytest.mark.parametrize(
    ("mean", "said"), [(101.26, "101"), (10.0, "10"), (7.5, "7.5"), (0.0192, "0.019")]
)
def test_a_mean_of_loans_is_said_to_what_matters_of_it(mean, said):
    hours = HOURS.with_columns(loans_per_day=pl.Series([0.001, mean]))
    key, values = headlines.busiest_hour(hours, WEEK)
    assert f"15:00, {said} loans on average" in text.translate(key, "en", **values)


def moved(shares: pl.DataFrame) -> pl.DataFrame:
    """Return shares with the change of each class since the first quarter, as the query has it."""
    first = shares.filter(pl.col("quarter") == pl.col("quarter").min())
    known = first.select("class_code", first_share="loan_share")
    joined = shares.join(known, on="class_code", how="left", maintain_order="left")
    return joined.with_columns(loan_share_change=pl.col("loan_share") / pl.col("first_share") - 1)


def test_the_shift_of_a_class_is_from_the_first_quarter_to_the_last():
    shares = QUARTERS.with_columns(
        loan_share=pl.Series([0.5, 0.5, 0.9, 0.1, 0.58, 0.42])  # up by 8 and down by 8 points
    )
    one = moved(shares.filter(pl.col("class_code") == "I"))
    other = moved(shares.filter(pl.col("class_code") == "G"))
    assert headlines.class_shift(one, "name") == (
        "finding.class_rose",
        {"name": "Literature", "first": 0.5, "last": 0.58},
    )
    assert headlines.class_shift(other, "name") == (
        "finding.class_fell",
        {"name": "Education", "first": 0.5, "last": 0.42},
    )


def test_a_shift_of_less_than_a_fiftieth_of_the_share_is_no_shift():
    shares = QUARTERS.with_columns(loan_share=pl.Series([0.5, 0.5, 0.9, 0.1, 0.504, 0.496]))
    assert headlines.class_shift(moved(shares), "name") == ("finding.classes_steady", {})


def test_one_quarter_has_no_shift():
    assert headlines.class_shift(QUARTERS.head(2), "name") == ("finding.one_quarter", {})
    assert headlines.class_shift(QUARTERS.clear(), "name") == headlines.NOTHING


def test_a_class_that_neither_quarter_shares_cannot_shift():
    apart = QUARTERS.filter(
        (pl.col("class_code") == "I") == (pl.col("quarter") == date(2019, 1, 1))
    )
    assert headlines.class_shift(moved(apart), "name") == ("finding.classes_few", {})


def test_loans_without_a_class_are_not_too_few():
    unknown = QUARTERS.with_columns(class_code=pl.lit("unknown"))
    assert headlines.class_shift(moved(unknown), "name") == ("finding.not_recorded", {})


def test_who_borrowed_first_is_unknown_where_the_records_begin():
    begun = date(2019, 1, 3)
    said = headlines.new_borrowers(MONTHS, begun)
    assert said == ("finding.new_borrowers_unknown", {"day": begun})
    assert headlines.new_borrowers(MONTHS.clear(), begun) == headlines.NOTHING


def test_a_share_of_a_few_loans_has_not_shifted():
    few = QUARTERS.with_columns(loan_count=pl.Series([3, 2, 9, 1, 22, 0]))
    assert headlines.class_shift(moved(few), "name") == ("finding.classes_few", {})


def test_a_class_that_is_lent_no_more_has_fallen():
    gone = QUARTERS.with_columns(
        loan_count=pl.Series([50, 50, 90, 10, 80, 0]),
        loan_share=pl.Series([0.5, 0.5, 0.9, 0.1, 1.0, 0.0]),
    ).filter(class_code="G")
    assert headlines.class_shift(moved(gone), "name") == (
        "finding.class_fell",
        {"name": "Education", "first": 0.5, "last": 0.0},
    )


def test_what_nobody_recorded_leads_nothing():
    rows = CLASSES.with_columns(class_code=pl.Series(["unknown", "G"]))
    args = ("finding.top_class", "class_code", "class_name_en", "loan_share")
    assert headlines.largest(rows, *args)[1]["name"] == "Education"
    assert headlines.largest(rows.head(1), *args) == ("finding.not_recorded", {})
    assert headlines.class_gap(rows, "class_name_en")[1]["name"] == "Education"
    assert headlines.class_gap(rows.head(1), "class_name_en") == ("finding.not_recorded", {})


def test_groups_too_small_to_show_are_not_nothing():
    hidden = CLASSES.with_columns(
        loan_count=pl.lit(None, pl.Int64), loan_share=pl.lit(None, pl.Float64)
    )
    found = headlines.largest(
        hidden, "finding.top_group", "class_code", "class_name_en", "loan_share"
    )
    assert found == ("finding.groups_hidden", {})


def test_the_busiest_of_one_step_is_no_finding():
    one = MONTHS.head(1)
    said = [headlines.loans_over_time(one, compared) for compared in (None, 0.1, -0.1)]
    assert [text.translate(key, "en", **values) for key, values in said] == [
        "900 loans in Jan 2019",
        "900 loans, up 10.0% year on year",
        "900 loans, down 10.0% year on year",
    ]


def test_what_is_compared_from_a_later_day_says_so():
    key, values = headlines.loans_over_time(MONTHS, 0.06, since="1 Feb")
    assert text.translate(key, "en", **values).startswith("From 1 Feb loans up 6.0%")


def test_a_tenth_of_few_borrowers_is_not_called_a_tenth():
    few = pl.DataFrame({"borrower_share": [0.2, 0.6, 1.0], "loan_share": [0.385, 0.8, 1.0]})
    key, values = headlines.concentration(few)
    said = text.translate(key, "en", **values)
    assert said == "The busiest 20.0% of borrowers make 38.5% of loans"


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (110, 100, 0.1),
        (90, 100, -0.1),
        (100, 100, 0),
        (0, 100, -1),
        (100, 0, None),
        (100, None, None),
        (None, 100, None),
    ],
)
def test_a_change_from_nothing_is_not_a_number(now, before, change):
    assert headlines.change(now, before) == (None if change is None else pytest.approx(change))


def test_the_tenth_is_the_first_point_with_a_tenth_of_the_borrowers():
    assert headlines.tenth(CURVE) == (0.104, 0.45)
    assert headlines.tenth(CURVE.clear()) is None


def test_group_and_channel_findings_have_their_sentences():
    for key in ("top_branch", "top_channel", "top_subclass", "top_group", "top_issue_channel"):
        found, values = headlines.largest(
            CLASSES, f"finding.{key}", "class_code", "class_name_en", "loan_share"
        )
        for language in text.LANGUAGES:
            assert "Literature" in text.translate(found, language, **values)
