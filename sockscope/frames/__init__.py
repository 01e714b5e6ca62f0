"""The stream between the collector and whoever looks: typed messages and their encoding."""
