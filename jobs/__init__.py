"""Work that must survive: pipelines, timers, schedules, on DBOS behind a small port."""
