package whorl.agent.capture;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** Goes the way of {@link HistogramSource} in a rehearsal, without walking the heap. */
final class IdleCommand implements ArtifactSource {
  private final DiagnosticCommands commands;

  IdleCommand(DiagnosticCommands commands) {
    this.commands = commands;
  }

  @Override
  public String kind() {
    return "histogram";
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    try (Writer writer =
        new OutputStreamWriter(
            out.create(HistogramSource.NAME, "text/plain; charset=utf-8"),
            StandardCharsets.UTF_8)) {
      writer.write(commands.run("VM.uptime"));
    }
  }
}
