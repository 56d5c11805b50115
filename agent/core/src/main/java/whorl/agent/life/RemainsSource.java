package whorl.agent.life;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.jfr.MaskedRecording;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;

/**
 * Captures what an earlier JVM left, for the alert about its end: {@code hs_err.log} with secrets
 * masked, and {@code previous.jfr}, the end of its recording.
 */
final class RemainsSource implements ArtifactSource {
  static final ArtifactName ERROR_LOG = new ArtifactName("hs_err.log");
  static final ArtifactName RECORDING = new ArtifactName("previous.jfr");

  private static final List<String> COMMAND_LINES =
      List.of("Command Line: ", "jvm_args: ", "java_command: ");
  private static final long ERROR_LOG_MAX_CHARS = 8L << 20;
  private static final long RECORDING_MAX_BYTES = 64L << 20;

  private final Redactor redactor;
  private final MaskedRecording masked;
  private final Map<Id, CrashRemains> byAlert = new ConcurrentHashMap<>();

  RemainsSource(Redactor redactor) {
    this.redactor = redactor;
    this.masked = new MaskedRecording(redactor);
  }

  /** Call this before the alert is raised. */
  void expect(Alert alert, CrashRemains crashRemains) {
    byAlert.put(alert.id(), crashRemains);
  }

  @Override
  public String kind() {
    return "files";
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    Alert alert = context.alert();
    CrashRemains crashRemains = alert == null ? null : byAlert.remove(alert.id());
    if (crashRemains == null) {
      return;
    }
    Path errorLog = crashRemains.errorLog();
    if (errorLog != null) {
      errorLog(errorLog, out);
    }
    recording(crashRemains, out);
  }

  private void errorLog(Path file, ArtifactOutput out) throws IOException {
    long chars = 0;
    boolean cut;
    try (ErrorLogReader reader = new ErrorLogReader(file, StandardCharsets.UTF_8);
        Writer writer =
            new OutputStreamWriter(
                out.create(ERROR_LOG, "text/plain; charset=utf-8"), StandardCharsets.UTF_8)) {
      for (String line = reader.line();
          line != null && chars < ERROR_LOG_MAX_CHARS;
          line = reader.line()) {
        writer.append(masked(line)).append('\n');
        chars += line.length() + 1;
      }
      cut = reader.isCut() || chars >= ERROR_LOG_MAX_CHARS;
    }
    out.log(ERROR_LOG + ": from " + file + (cut ? ", cut" : ""));
  }

  /** Command lines are masked word by word. */
  private String masked(String line) {
    for (String start : COMMAND_LINES) {
      if (line.startsWith(start)) {
        return redactor.command(line);
      }
    }
    return redactor.text(line);
  }

  private void recording(CrashRemains crashRemains, ArtifactOutput out) throws IOException {
    Path dump = crashRemains.emergencyDump();
    Path folder = crashRemains.run().recording();
    if (dump != null && Files.size(dump) <= RECORDING_MAX_BYTES) {
      recording(
          List.of(() -> Files.newInputStream(dump)),
          " of " + dump + ", which HotSpot wrote when it crashed",
          out);
      return;
    }
    List<OrphanChunks.Chunk> chunks = folder == null ? List.of() : chunks(folder);
    if (chunks.isEmpty()) {
      out.missing(RECORDING.value(), missing(folder));
    } else {
      recording(chunks, " of the chunks left in " + folder, out);
    }
  }

  private static List<OrphanChunks.Chunk> chunks(Path folder) {
    try {
      return OrphanChunks.newest(folder, RECORDING_MAX_BYTES);
    } catch (IOException gone) {
      return List.of();
    }
  }

  private void recording(
      List<? extends MaskedRecording.Source> sources, String origin, ArtifactOutput out)
      throws IOException {
    MaskedRecording.Copied copied = MaskedRecording.Copied.NOTHING;
    try (OutputStream to = out.create(RECORDING, "application/x-jfr")) {
      for (MaskedRecording.Source source : sources) {
        copied = copied.plus(masked.copy(source, to));
      }
    }
    if (copied.bytes() == 0) {
      out.missing(RECORDING.value(), "nothing can be read" + origin);
    }
    out.log(RECORDING + origin + ": " + copied.describe());
  }

  private static String missing(@Nullable Path folder) {
    return folder == null
        ? "the JVM that was cut off had no recording yet"
        : "nothing that can be read is left in " + folder;
  }
}
