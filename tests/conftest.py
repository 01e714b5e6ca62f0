"""What every room of tests has at hand."""

pytest_plugins = ["tests.requirements", "pytester"]
