package whorl.collector.cli;

import picocli.CommandLine.Command;

@Command(
    name = "tls",
    header = "Certificates for a first deployment.",
    synopsisSubcommandLabel = "COMMAND")
final class TlsCommand {}
