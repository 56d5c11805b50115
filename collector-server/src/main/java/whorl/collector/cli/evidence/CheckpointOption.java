package whorl.collector.cli.evidence;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Checkpoints of a custody log that were kept elsewhere. */
final class CheckpointOption {
  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = {
        "Prove that the custody log continues this",
        "checkpoint. Can be given several times."
      })
  private List<Path> files = List.of();

  List<Path> files() {
    return files;
  }
}
