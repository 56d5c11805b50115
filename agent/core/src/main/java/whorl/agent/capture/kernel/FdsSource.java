package whorl.agent.capture.kernel;

import java.io.IOException;
import java.util.List;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.JsonLines;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.ArtifactKind;

/** Captures the open file descriptors in {@code fds.ndjson}. */
public final class FdsSource implements ArtifactSource {
  public static final ArtifactName NAME = new ArtifactName("fds.ndjson");

  private static final long MAX_BYTES = 32L << 20;

  private final FdTable fds;

  public FdsSource(ProcFs proc) {
    this.fds = new FdTable(proc);
  }

  @Override
  public String kind() {
    return ArtifactKind.PROCESS;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    List<Integer> numbers = fds.numbers();
    try (JsonLines lines = new JsonLines(NAME, out, MAX_BYTES)) {
      for (int number : numbers) {
        FdTable.Fd fd = fds.fd(number);
        if (fd != null) {
          lines.write(fd);
        }
      }
    }
  }
}
