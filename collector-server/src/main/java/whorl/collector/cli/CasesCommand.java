package whorl.collector.cli;

import picocli.CommandLine.Command;

@Command(
    name = "cases",
    header = "Group evidence into cases, write notes, and keep it from being purged.",
    synopsisSubcommandLabel = "COMMAND")
final class CasesCommand {}
