package whorl.collector.cli;

import picocli.CommandLine.Command;

@Command(
    name = "evidence",
    header = "List, show and bring home what was captured.",
    synopsisSubcommandLabel = "COMMAND")
final class EvidenceCommand {}
