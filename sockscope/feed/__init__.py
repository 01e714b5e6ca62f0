"""Where frames come from: a collector on this machine, or any other stream."""
