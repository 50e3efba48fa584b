"""The frameworks that ship, entered once; what people changed since is left alone."""

from chassis.kernel.checks import refuse
from services.indicators.contract import events
from services.indicators.domain.framework import Framework, framework_faults
from services.indicators.domain.ports import Work
from services.indicators.domain.shipped import shipped_frameworks

SHIPPED = "public"


def load_frameworks(work: Work) -> int:
    """Enter the shipped frameworks whose code is not there. Returns how many were new."""
    entered = 0
    for fields in shipped_frameworks():
        if work.frameworks.find_coded(fields["code"]) is not None:
            continue
        framework = work.new(Framework, SHIPPED, **fields)
        refuse(framework_faults(framework))
        work.save(framework, events.FRAMEWORK_CREATED)
        entered += 1
    return entered
