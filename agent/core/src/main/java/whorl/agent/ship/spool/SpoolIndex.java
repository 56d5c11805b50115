package whorl.agent.ship.spool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Artifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * {@code index.ndjson}: the content of one evidence's folder in the spool. Lines are only appended,
 * so a killed JVM leaves at most a truncated last line, and a full disk a truncated line for what
 * was not kept. Such lines are ignored.
 *
 * <pre>
 * {"version":1,"evidence":"…","capture":"…","agent":"…"}          first
 * {"number":0,"artifact":{"name":"…","size":1,"sha256":"…",…}}     for each whole artifact
 * {"number":1,"artifact":{…},"arrived":true}                       one that the collector has
 * {"sealed":true}                                                  last, when it is complete
 * </pre>
 */
final class SpoolIndex {
  static final String FILE = "index.ndjson";
  static final int VERSION = 1;
  private static final int MAX_BYTES = 8 << 20;
  private static final int MAX_ARTIFACTS = 20_000;

  /** Two for each artifact, the first, and two at the end; no agent wrote what is beyond. */
  private static final int MAX_LINES = 2 * MAX_ARTIFACTS + 3;

  private SpoolIndex() {}

  record Line(
      @Nullable Integer version,
      @Nullable Id evidence,
      @Nullable Id capture,
      @Nullable Id agent,
      @Nullable Integer number,
      @Nullable Artifact artifact,
      @Nullable Boolean arrived,
      @Nullable Boolean sealed) {}

  /**
   * Reads the index that another JVM left. Any code in this container can write there, so
   * everything is bounded, files are named only by number, and links are not followed.
   *
   * @return null if there is nothing to ship
   * @throws IOException if it cannot be read or is not an index
   */
  static @Nullable StoredEvidence read(Path folder, SpoolStorage.Entry spoolEntry)
      throws IOException {
    String[] lines = text(folder.resolve(FILE)).split("\n", MAX_LINES);
    Line first = line(lines[0]);
    Id evidence = first.evidence();
    Id capture = first.capture();
    Id agent = first.agent();
    if (!Integer.valueOf(VERSION).equals(first.version())
        || evidence == null
        || capture == null
        || agent == null) {
      throw new IOException(folder + ": not an index of version " + VERSION);
    }
    List<StoredEvidence.Entry> entries = new ArrayList<>();
    boolean sealed = false;
    boolean whole = true;
    for (int i = 1; i < lines.length && entries.size() < MAX_ARTIFACTS; i++) {
      Line line;
      try {
        line = line(lines[i]);
      } catch (IOException torn) {
        continue;
      }
      Integer number = line.number();
      Artifact artifact = line.artifact();
      if (number != null && number >= 0 && number < MAX_ARTIFACTS && artifact != null) {
        boolean arrived = Boolean.TRUE.equals(line.arrived());
        if (arrived || exists(folder.resolve(fileName(number)), artifact.size())) {
          entries.add(new StoredEvidence.Entry(number, artifact, arrived));
        } else {
          whole = false;
        }
      }
      sealed |= Boolean.TRUE.equals(line.sealed());
    }
    if (!sealed || !whole) {
      // The envelope cannot be sealed without all artifacts that it signs.
      entries.removeIf(entry -> entry.artifact().name().equals(ArtifactName.ENVELOPE));
    }
    return entries.isEmpty()
        ? null
        : new StoredEvidence(evidence, capture, agent, entries, sealed && whole, spoolEntry);
  }

  private static Line line(String json) throws IOException {
    Line line = Json.LENIENT.readValue(json, Line.class);
    Artifact artifact = line == null ? null : line.artifact();
    boolean nameless =
        artifact != null
            && (artifact.name() == null
                || artifact.sha256() == null
                || artifact.mediaType() == null);
    if (line == null || nameless) {
      throw new IOException("not a line of a spool's index: " + Text.shortened(json));
    }
    return line;
  }

  /** Without a locale: the application's may write numbers with other digits. */
  static String fileName(int number) {
    return String.format(Locale.ROOT, "%06d", number);
  }

  private static boolean exists(Path file, long size) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == size;
  }

  private static String text(Path index) throws IOException {
    SpoolFolder.refuseIfNoFile(index);
    try (InputStream in =
        Files.newInputStream(index, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
    }
  }
}
