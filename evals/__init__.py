"""Whether it is good: suites, graders, runner, report."""
