package whorl.collector.cli;

import picocli.CommandLine.Command;

@Command(
    name = "rules",
    header = "Check rules, try them on a recording, and push them to running agents.",
    synopsisSubcommandLabel = "COMMAND")
final class RulesCommand {}
