package whorl.collector.cli;

import picocli.CommandLine.Command;

@Command(
    name = "evidence",
    header = "List, show and download what was captured; hold and purge it.",
    synopsisSubcommandLabel = "COMMAND")
final class EvidenceCommand {}
