"""Whether it is good: suites, graders, runner, report."""

from evals.cases import Case, Suite, load_suites
from evals.run import command, run_evals

__all__ = ["Case", "Suite", "command", "load_suites", "run_evals"]
