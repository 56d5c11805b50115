package whorl.collector.cli.evidence;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import whorl.collector.cli.client.CollectorClient;
import whorl.collector.cli.client.EvidenceRow;
import whorl.collector.cli.command.RemoteCommand;
import whorl.collector.cli.ids.GivenId;
import whorl.collector.cli.ids.GivenIdConverter;
import whorl.collector.cli.ids.IdKind;
import whorl.collector.cli.ids.Ids;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.cli.terminal.Table;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

@Command(
    name = "get",
    header = "Download artifacts, each checked against its digest.",
    footer = {
      "%nWhat is there already and whole is not downloaded again.",
      "%nExample:",
      "  whorl evidence get 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f recording.jfr",
    })
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class EvidenceGetCommand extends RemoteCommand {
  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "The evidence, as `whorl evidence list` names it.",
      converter = GivenIdConverter.class)
  private GivenId id;

  @Parameters(
      index = "1..*",
      paramLabel = "NAME",
      description = "Artifacts, such as recording.jfr; without any: all.")
  private List<String> names = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to (default: a folder named as the evidence).")
  private @Nullable Path out;

  EvidenceGetCommand(CommandContext commandContext) {
    super(commandContext);
  }

  @Override
  protected int run(CollectorClient collector, CommandContext commandContext) {
    Id id = Ids.of(collector, IdKind.EVIDENCE, this.id);
    EvidenceRow evidence = collector.evidence(id).row();
    List<EvidenceRow.ArtifactRow> selected = select(evidence);
    Path folder = out == null ? Path.of(id.value()) : out;
    long of = selected.stream().mapToLong(EvidenceRow.ArtifactRow::size).sum();
    long before = 0;
    List<String> results = new ArrayList<>();
    try (Progress progress = Progress.of(commandContext, "Downloading")) {
      for (EvidenceRow.ArtifactRow artifact : selected) {
        Path target = folder.resolve(artifact.name().value());
        progress.doing(artifact.name() + ", " + Table.size(artifact.size()));
        if (!isComplete(target, artifact)) {
          long start = before;
          collector.artifact(id, artifact, target, bytes -> progress.bytes(start + bytes, of));
        }
        before += artifact.size();
        progress.bytes(before, of);
        results.add(target.toString());
      }
    }
    results.forEach(commandContext.terminal()::line);
    return ExitStatus.DONE;
  }

  private List<EvidenceRow.ArtifactRow> select(EvidenceRow evidence) {
    if (names.isEmpty()) {
      return evidence.artifacts();
    }
    List<EvidenceRow.ArtifactRow> selected = new ArrayList<>();
    for (String name : names) {
      selected.add(artifact(evidence, name));
    }
    return selected;
  }

  /** The artifact with this name; if there is none, the error lists what there is. */
  public static EvidenceRow.ArtifactRow artifact(EvidenceRow evidence, String name) {
    return evidence.artifacts().stream()
        .filter(artifact -> artifact.name().value().equals(name))
        .findFirst()
        .orElseThrow(() -> notFound(name, evidence));
  }

  private static CliException notFound(String name, EvidenceRow evidence) {
    List<ArtifactName> present =
        evidence.artifacts().stream()
            .map(EvidenceRow.ArtifactRow::name)
            .filter(artifact -> !artifact.value().contains("/"))
            .toList();
    if (evidence.artifacts().stream().anyMatch(a -> a.name().value().equals(name + ".age"))) {
      return new CliException(
          ExitStatus.NOTHING_MATCHED,
          "evidence " + evidence.id() + " has " + name + " encrypted only",
          "ask for " + name + ".age --out ., then: age -d -i KEYFILE " + name + ".age > " + name);
    }
    return new CliException(
        ExitStatus.NOTHING_MATCHED,
        "evidence " + evidence.id() + " has no artifact " + name,
        "it has " + String.join(", ", present.stream().map(ArtifactName::value).toList()));
  }

  private static boolean isComplete(Path target, EvidenceRow.ArtifactRow artifact) {
    return Files.isRegularFile(target) && LocalFiles.digest(target).equals(artifact.sha256());
  }
}
