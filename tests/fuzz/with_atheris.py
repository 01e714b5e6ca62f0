"""Coverage-guided fuzzing of every parser: `make fuzz`, or `make fuzz ARGS="stat -max_total_time=600"`.

The first argument chooses a target, "all" takes turns; the rest are libFuzzer's.
"""

import sys

import atheris

with atheris.instrument_imports(include=["sockscope"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until something breaks or time is over."""
    chosen = sys.argv[1] if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "all"
    names = sorted(TARGETS) if chosen == "all" else [chosen]

    def one(data: bytes) -> None:
        name = names[data[0] % len(names)] if data else names[0]
        parse, refusals = TARGETS[name]
        try:
            parse(data[1:])
        except refusals:
            return

    atheris.Setup([sys.argv[0], *(word for word in sys.argv[1:] if word != chosen)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
