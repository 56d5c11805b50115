package whorl.collector.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.evidence.Id;

/** The one piece of evidence that a command is about: as its argument, or as an option. */
public final class EvidenceOption {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it, or latest.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId argument;

  @Option(
      names = "--evidence",
      paramLabel = "ID",
      description = "The same as the argument.",
      converter = GivenIdConverter.class)
  private @Nullable GivenId option;

  /**
   * The evidence's id.
   *
   * @throws CliException if none is given, or two
   */
  public Id of(CollectorClient collector) {
    GivenId given = argument == null ? option : argument;
    if (given == null || (argument != null && option != null)) {
      throw CliException.usage(
          given == null ? "no evidence is named" : "the evidence is named twice",
          "give one ID, or latest; `whorl evidence list` shows what there is");
    }
    return Ids.of(collector, IdKind.EVIDENCE, given);
  }
}
