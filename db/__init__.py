"""Tables, scope, engines, migrations and the demo company: the unified data layer."""
