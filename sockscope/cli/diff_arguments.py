"""The options of `sockscope diff`."""

from sockscope.cli.arguments import Parser, add_no_diag, make_parser


def diff_parser() -> Parser:
    """Options of `sockscope diff`."""
    parser = make_parser(
        "sockscope diff",
        "Say what is another between two looks, matched by what means the same: a service that was started anew is\n"
        "one change.\n\nexamples:\n"
        "  sudo sockscope snapshot --format json > before.json\n"
        "  sudo sockscope diff before.json live\n"
        "  sockscope diff web1.scope --from -10m\n"
        "  sockscope diff monday.json friday.json --format json",
        "exit codes:\n  0 nothing is another   4 something is   1, 2, 3 as everywhere\n"
        "What came and went between the two looks is not seen. docs/diff.md says what is compared with what.",
    )
    parser.add_argument(
        "before",
        metavar="BEFORE",
        help="a file that snapshot --format json or record wrote, - for standard input, or live for this machine now",
    )
    parser.add_argument("after", metavar="AFTER", nargs="?", default="", help="likewise; without it, BEFORE at --to")
    moment = "which moment of %s, where that is a recording, as --at has it (default: its end)"
    parser.add_argument("--from", dest="since", default="", metavar="MOMENT", help=moment % "BEFORE")
    parser.add_argument("--to", default="", metavar="MOMENT", help=moment % "AFTER")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_no_diag(parser)
    return parser
