package whorl.collector.cli.evidence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.custody.proof.VerifierKey;
import whorl.collector.custody.verify.Anchors;
import whorl.evidence.Digest;

/** What a person has from elsewhere; all commands that verify bags have the same options. */
public final class AnchorOptions {
  @Mixin private CheckpointOption checkpoints = new CheckpointOption();

  @Option(
      names = "--log-key",
      paramLabel = "KEY",
      description = {
        "The key of the custody log, as `whorl custody` prints",
        "it: the evidence must be in this log.",
        "Can be given several times."
      })
  private List<String> logKeys = List.of();

  @Option(
      names = "--agent-key",
      paramLabel = "SHA256",
      description = {
        "The agent's key, as `whorl evidence show` prints it:",
        "this key must have signed.",
        "Can be given several times."
      })
  private List<String> agentKeys = List.of();

  @Option(
      names = "--tsa-ca",
      paramLabel = "PEM",
      description = "Accept only time stamps of these authorities.")
  private @Nullable Path tsaCa;

  /**
   * Reads what was given.
   *
   * @throws CliException if it cannot be read, or is of another form
   */
  public Anchors anchors() {
    try {
      return Anchors.read(checkpoints.files(), tsaCa)
          .with(
              agentKeys.stream().map(AnchorOptions::agentKey).toList(),
              logKeys.stream().map(AnchorOptions::logKey).toList());
    } catch (IOException e) {
      throw CliException.failed(
          "cannot read what to compare with: " + Problems.text(e),
          "whorl custody --save FILE writes a checkpoint");
    }
  }

  private static Digest agentKey(String hex) {
    try {
      return new Digest(hex.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(
          "--agent-key: " + e.getMessage(),
          "give the 64 hexadecimal digits that `whorl evidence show ID` prints");
    }
  }

  private static VerifierKey logKey(String text) {
    try {
      return VerifierKey.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw CliException.usage(
          "--log-key: " + e.getMessage(), "give what `whorl custody` prints after 'key'");
    }
  }
}
