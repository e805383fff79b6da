"""What a share is a share of."""

from core.reply import Status
from tools.metrics.frame import Frame, Refused
from tools.metrics.query import MetricQuery, Refusal


def check_share(frame: Frame, query: MetricQuery) -> None:
    """Refused for ratios, which have no whole, and where filters leave open which of them names the part.

    With groups, the whole is all that the filters leave; without, the filter is the part, of all there is.
    """
    if not query.share:
        return
    for name in query.metrics:
        if frame.catalogue.metrics[name].over is not None and query.distinct is None:
            raise Refused(Refusal(Status.UNDEFINED, "share_of_ratio", {"metric": name}))
    if not query.group_by and len({one.field for one in query.filters}) > 1:
        fields = " ".join(one.field for one in query.filters)
        raise Refused(Refusal(Status.CLARIFY, "which_part", {"metric": query.metrics[0], "fields": fields}))
