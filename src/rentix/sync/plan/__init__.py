"""What would change: the source's agents against the portal's, each with a reason."""

from rentix.sync.plan.actual import Portal, read_actual
from rentix.sync.plan.files import digest_of, read_plan, write_plan
from rentix.sync.plan.items import ACTIONS, WRITES, Action, FieldChange, Item, Limit, Plan
from rentix.sync.plan.making import Planner

__all__ = [
    "ACTIONS",
    "WRITES",
    "Action",
    "FieldChange",
    "Item",
    "Limit",
    "Plan",
    "Planner",
    "Portal",
    "digest_of",
    "read_actual",
    "read_plan",
    "write_plan",
]
