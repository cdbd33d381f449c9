"""What volunteers did, and for how long."""

from guanqing import activity_headlines as headlines
from guanqing.figures.activities.lists import listed
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import written
from guanqing.figures.view import View


@figure("volunteer_count")
def volunteers_by_activity(view: View) -> Content:
    """List what volunteers did, how many served and for how long."""
    services = view.ask("volunteers_by_activity")
    headline = view.say(headlines.volunteers(services))
    if services.is_empty():
        return content(headline, view.nothing())
    columns = [
        (view.t("activities.activity"), ""),
        (view.t("activities.times"), "n wide"),
        (view.t("activities.persons"), "n"),
        (view.t("activities.hours"), "n"),
    ]
    counts = services.select("service_count", "volunteer_count", "service_hours").iter_rows()
    rows = [
        [written(activity), *view.counts(row)]
        for activity, row in zip(services["activity"], counts, strict=True)
    ]
    uncounted = int(services["uncounted_count"].sum())
    note = view.note("activities.hours_unknown", count=uncounted) if uncounted else None
    return content(headline, listed(columns, rows), note)
