"""One metric a file: a dataclass under `@metrics.register("name")` that follows `scorer.types.Metric`."""

from scorer.registry import Registry
from scorer.types import Metric

registry: Registry[Metric] = Registry("metric", __name__)
register = registry.register
