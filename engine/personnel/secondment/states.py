"""States of a secondment and of its extension [domain 10.4]."""

from engine.personnel.vocabulary import Term


class SecondmentState(Term):
    """Where a secondment stands."""

    DRAFT = "draft", "待本人确认"
    CONSENTED = "consented", "本人已同意"
    STREET_APPROVED = "street_approved", "街道已同意"
    COUNTY_REVIEW = "county_review", "县级审批中"
    APPROVED = "approved", "已批准，待借出"
    REJECTED = "rejected", "未批准"
    ACTIVE = "active", "借调中"
    DUE_SOON = "due_soon", "即将到期"
    OVERDUE = "overdue", "逾期未返岗"
    RETURNED = "returned", "已期满返岗"
    EARLY_RETURNED = "early_returned", "已提前返岗"
    CANCELLED = "cancelled", "已取消"


ASKED = frozenset(
    {
        SecondmentState.DRAFT, SecondmentState.CONSENTED, SecondmentState.STREET_APPROVED,
        SecondmentState.COUNTY_REVIEW,
    }
)  # fmt: skip
"""Not decided by the county yet; the initiator may take it back."""
ON_LOAN = frozenset({SecondmentState.ACTIVE, SecondmentState.DUE_SOON, SecondmentState.OVERDUE})
"""The worker is away from the community."""
RETURNED = frozenset({SecondmentState.RETURNED, SecondmentState.EARLY_RETURNED})
VOID = frozenset({SecondmentState.REJECTED, SecondmentState.CANCELLED})
"""Came to nothing; counts nowhere."""


class ExtensionState(Term):
    """Where the extension of a secondment stands."""

    ASKED = "asked", "审批中"
    GRANTED = "granted", "已批准"
    REFUSED = "refused", "未批准"


class Performance(Term):
    """The borrower's verdict when the worker returns (鉴定)."""

    GOOD = "good", "好"
    FAIR = "fair", "较好"
    AVERAGE = "average", "一般"
    POOR = "poor", "较差"
