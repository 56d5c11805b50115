package whorl.agent.capture.kernel;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures the kernel's memory map of the process in {@code maps.txt}. Lines that begin with {@code
 * #} follow it and mark mappings of deleted files, of memory files, writable and executable ones,
 * and executable ones without a file. HotSpot's own code cache is among the latter two.
 */
public final class MapsSource implements ArtifactSource {
  public static final ArtifactName NAME = new ArtifactName("maps.txt");

  private static final long MAX_CHARS = 16L << 20;
  private static final int MARKS_MAX = 1_000;

  private final ProcFs proc;

  public MapsSource(ProcFs proc) {
    this.proc = proc;
  }

  @Override
  public String kind() {
    return ArtifactKind.PROCESS;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out) throws IOException {
    List<String> marks = new ArrayList<>();
    long[] chars = {0};
    // Read before the artifact is started, so that there is none if /proc is absent.
    proc.lines("proc/self/maps", 1);
    try (Writer writer =
        new BufferedWriter(
            new OutputStreamWriter(
                out.create(NAME, "text/plain; charset=utf-8"), StandardCharsets.UTF_8))) {
      proc.lines(
          "proc/self/maps",
          line -> {
            writer.append(line).append('\n');
            chars[0] += line.length() + 1;
            mark(line, marks);
            return chars[0] < MAX_CHARS;
          });
      for (String mark : marks) {
        writer.append(mark).append('\n');
      }
    }
    if (chars[0] >= MAX_CHARS) {
      out.missing(NAME.value(), "cut at " + MAX_CHARS + " characters");
    }
    out.log("maps.txt: copied from /proc/self/maps, " + marks.size() + " mappings marked");
  }

  /** Parses {@code address perms offset device inode path}. */
  private static void mark(String line, List<String> marks) {
    String[] parts = line.split("\\s+", 6);
    if (parts.length < 5 || marks.size() >= MARKS_MAX) {
      return;
    }
    String perms = parts[1];
    String path = parts.length == 6 ? parts[5] : "";
    List<String> why = new ArrayList<>();
    if (path.endsWith(" (deleted)")) {
      why.add("deleted");
    }
    if (path.startsWith("/memfd:")) {
      why.add("memfd");
    }
    if (perms.startsWith("rwx")) {
      why.add("rwx");
    }
    boolean anonymous = path.isEmpty() || path.startsWith("[anon") || path.startsWith("[heap");
    if (perms.indexOf('x') >= 0 && anonymous) {
      why.add("anonymous-executable");
    }
    if (!why.isEmpty()) {
      marks.add("# " + String.join(",", why) + ": " + line);
    }
  }
}
