"""What is lent: the 22 classes of 中图法 by loans and by holdings, and how that changes."""

import streamlit as st

from guanqing import findings, ui

classes = ui.query("loans_by_class")
quarters = ui.query("class_shares_by_quarter")
subclasses = ui.query("loans_by_subclass")
name = ui.named("class_name")

left, right = st.columns(2)
with (
    left,
    ui.panel(
        "classes",
        ui.say(findings.class_gap(classes, name)),
        measure="class_share",
        queries=["loans_by_class"],
    ),
):
    ui.class_gaps(classes, height=690)
with right:
    with ui.panel(
        "quarters",
        ui.say(findings.class_shift(quarters, name)),
        measure="class_shift",
        queries=["class_shares_by_quarter"],
    ):
        ui.class_lines(quarters, height=200)
    finding = findings.largest(subclasses, "finding.top_subclass", name, "loan_share")
    with ui.panel(
        "subclasses", ui.say(finding), measure="class_share", queries=["loans_by_subclass"]
    ):
        ui.ranking(ui.labelled(subclasses), "label", "loan_count", "loan_share", height=215)
    with ui.panel(
        "published",
        ui.t("classes.published"),
        measure="published",
        queries=["reconciliation"],
    ):
        ui.reconciliation(["class_share"])
