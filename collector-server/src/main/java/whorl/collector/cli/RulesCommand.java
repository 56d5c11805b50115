package whorl.collector.cli;

import picocli.CommandLine.Command;

@Command(
    name = "rules",
    header = "Check rules and try them on a recording; needs no server.",
    synopsisSubcommandLabel = "COMMAND")
final class RulesCommand {}
