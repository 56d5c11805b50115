package whorl.collector.timeline.read;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.disk.Lines;
import whorl.collector.timeline.IndexStatus;
import whorl.collector.timeline.read.recording.RecordingChunk;
import whorl.collector.timeline.read.recording.RecordingReader;
import whorl.collector.timeline.read.rows.ArtifactOutcome;
import whorl.collector.timeline.read.rows.ArtifactReader;
import whorl.collector.timeline.read.rows.Duplicates;
import whorl.collector.timeline.read.rows.ReadContext;
import whorl.collector.timeline.read.rows.Requests;
import whorl.collector.timeline.read.rows.StackFile;
import whorl.evidence.Json;

/**
 * The readers of one piece of evidence, which threads take one by one. Recordings come first, then
 * the ring, then the console, because duplicates are known only once the earlier sources are read.
 * Thread-safe.
 */
public final class EvidenceReader implements Closeable {
  /** The artifacts that give rows. */
  private static final List<String> READABLE =
      List.of(
          "recording.jfr",
          "previous.jfr",
          "alert.json",
          "process.json",
          "files.body",
          "files-later.body",
          "classes.ndjson",
          "events.ndjson",
          "console.log");

  /** Lists of stored file contents; they give no rows themselves. */
  private static final List<String> CONTENTS = List.of("files.ndjson", "files-later.ndjson");

  /** What a recording may give for each of its bytes, besides what any may: rows, and stacks. */
  private static final long GIVEN_FOR_BYTE = 128;

  private static final long GIVEN_BY_ANY_BYTES = 512L << 20;

  private static final Set<String> RECORDINGS = Set.of("recording.jfr", "previous.jfr");
  private static final long COMPARED_MAX_BYTES = 256L << 20;
  private static final int LINE_MAX_BYTES = 4 << 20;

  /** The limit for paths with stored digests; each digest counts for about as much again. */
  private static final int CONTENTS_MAX_CHARS = 16 << 20;

  private static final int CONTENT_CHARS = 100;

  private final IndexPlan plan;
  private final ManifestFacts manifest;
  private final StackFile stacks;
  private final Requests requests = new Requests();
  private final List<ArtifactOutcome> outcomes = new ArrayList<>();

  /** Each phase begins when the previous one is read: recordings, ring, all others. */
  private final List<Deque<ArtifactReader>> phases =
      List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());

  private final int portions;
  private int phase;
  private int inProgress;
  private int sources;

  public EvidenceReader(IndexPlan plan, ManifestFacts manifest, Path workFolder)
      throws IOException {
    this.plan = plan;
    this.manifest = manifest;
    this.stacks = new StackFile(stacksFile(workFolder), givenMaxBytes(recordedBytes(plan)));
    Duplicates ringDuplicates = new Duplicates();
    Duplicates consoleDuplicates = new Duplicates();
    ReadContext readContext =
        new ReadContext(
            workFolder, stacks, requests, ringDuplicates, consoleDuplicates, keptContents());
    for (String artifact : READABLE) {
      if (plan.unread().containsKey(artifact)) {
        addOutcome(artifact).problem(plan.unread().get(artifact));
      } else if (plan.artifacts().containsKey(artifact)) {
        open(artifact, readContext);
      }
    }
    plan.unread()
        .forEach(
            (artifact, why) -> {
              if (!READABLE.contains(artifact)) {
                addOutcome(artifact).problem(why);
              }
            });
    if (!plan.custody().isEmpty()) {
      Path custody = workFolder.resolve("custody.ndjson");
      Files.write(custody, plan.custody());
      phases.get(2).add(new CustodyReader(custody, addOutcome("custody"), nextOrdinal()));
    }
    portions = remaining();
  }

  /** True if an artifact of this name gives rows. */
  public static boolean reads(String artifact) {
    return READABLE.contains(artifact);
  }

  /** True if the artifact only adds details to the rows of others. */
  public static boolean isLookedUp(String artifact) {
    return CONTENTS.contains(artifact);
  }

  /** The file of the stacks, in the format of {@link StackFile}. */
  public static Path stacksFile(Path workFolder) {
    return workFolder.resolve("stacks.bin");
  }

  /**
   * Returns the next reader to the calling thread, which must call {@link #ended} for it. Waits
   * until a phase is completely read before it returns readers of the next phase.
   *
   * @return null if there are no more
   */
  public synchronized @Nullable ArtifactReader next() throws InterruptedException {
    while (phase < phases.size()) {
      ArtifactReader artifactReader = phases.get(phase).poll();
      if (artifactReader != null) {
        inProgress++;
        return artifactReader;
      }
      if (inProgress == 0) {
        phase++;
      } else {
        wait();
      }
    }
    return null;
  }

  /** Closes a reader that {@link #next} returned. */
  public synchronized void ended(ArtifactReader artifactReader) throws IOException {
    try {
      artifactReader.close();
    } finally {
      inProgress--;
      notifyAll();
    }
  }

  /** The number of readers; {@link #remaining} of them have not been taken yet. */
  public int portions() {
    return portions;
  }

  public synchronized int remaining() {
    return phases.stream().mapToInt(Deque::size).sum();
  }

  public Requests requests() {
    return requests;
  }

  /** The outcome of each artifact. */
  public synchronized List<IndexStatus.Source> outcomes() {
    return outcomes.stream().map(ArtifactOutcome::outcome).toList();
  }

  @Override
  public void close() throws IOException {
    stacks.close();
    if (stacks.dropped() > 0) {
      outcomes
          .get(0)
          .problem(stacks.dropped() + " rows have no stack, because there were too many");
    }
    if (requests.dropped() > 0) {
      outcomes
          .get(0)
          .problem(requests.dropped() + " requests lack method and path: there were too many");
    }
  }

  private void open(String artifact, ReadContext readContext) throws IOException {
    ArtifactOutcome artifactOutcome = addOutcome(artifact);
    Path file = plan.file(artifact);
    if (RECORDINGS.contains(artifact)) {
      long source = nextOrdinal();
      long maxBytes = givenMaxBytes(Files.size(file));
      AtomicLong leftBytes = new AtomicLong(maxBytes);
      for (RecordingChunk chunk : RecordingChunk.of(file, artifactOutcome)) {
        RecordingReader recording =
            new RecordingReader(
                chunk, readContext, artifactOutcome, source + ((long) chunk.number() << 32));
        phases.get(0).add(new BoundedReader(recording, artifactOutcome, maxBytes, leftBytes));
      }
      return;
    }
    Deque<ArtifactReader> rest = phases.get(2);
    switch (artifact) {
      case "alert.json" ->
          rest.add(new AlertReader(file, readContext, artifactOutcome, nextOrdinal()));
      case "process.json" -> rest.add(new ProcessReader(file, artifactOutcome, nextOrdinal()));
      case "files.body", "files-later.body" ->
          rest.add(new BodyfileReader(file, readContext, artifactOutcome, nextOrdinal()));
      case "classes.ndjson" ->
          rest.add(
              new ClassLineReader(
                  file, artifactOutcome, nextOrdinal(), manifest.capturedAtNanos()));
      case "events.ndjson" -> {
        EventLineReader ring =
            new EventLineReader(file, readContext, artifactOutcome, nextOrdinal());
        announceLines(
            file, artifactOutcome, line -> recordProblem(ring.announce(line), artifactOutcome));
        phases.get(1).add(ring);
      }
      case "console.log" -> {
        ConsoleReader console =
            new ConsoleReader(file, readContext, artifactOutcome, nextOrdinal());
        announceLines(file, artifactOutcome, console::announce);
        rest.add(console);
      }
      default -> throw new IllegalStateException("no reader for " + artifact);
    }
  }

  private static long recordedBytes(IndexPlan plan) throws IOException {
    long bytes = 0;
    for (String artifact : RECORDINGS) {
      if (plan.artifacts().containsKey(artifact)) {
        bytes += Files.size(plan.file(artifact));
      }
    }
    return bytes;
  }

  private static long givenMaxBytes(long recordedBytes) {
    return GIVEN_BY_ANY_BYTES + GIVEN_FOR_BYTE * recordedBytes;
  }

  private static boolean recordProblem(@Nullable String problem, ArtifactOutcome artifactOutcome) {
    if (problem != null) {
      artifactOutcome.problem(problem);
    }
    return problem == null;
  }

  private static void announceLines(
      Path file, ArtifactOutcome artifactOutcome, Predicate<String> announce) throws IOException {
    if (Files.size(file) > COMPARED_MAX_BYTES) {
      artifactOutcome.problem(
          "it is too long to be compared with the recording: events may come twice");
      return;
    }
    try (Lines lines = new Lines(Files.newInputStream(file), LINE_MAX_BYTES)) {
      boolean room = true;
      for (byte[] line = lines.next(); line != null && room; line = lines.next()) {
        if (line.length > 0 && !lines.cut()) {
          room = announce.test(new String(line, StandardCharsets.UTF_8));
        }
      }
    }
  }

  /** Digests by path, from {@code files.ndjson} and {@code files-later.ndjson}. */
  private Map<String, String> keptContents() throws IOException {
    Map<String, String> digests = new HashMap<>();
    for (String artifact : CONTENTS) {
      if (plan.artifacts().containsKey(artifact) && !plan.unread().containsKey(artifact)) {
        keptContents(artifact, digests);
      }
    }
    return digests;
  }

  private void keptContents(String artifact, Map<String, String> digests) throws IOException {
    long chars = 0;
    try (Lines lines = new Lines(Files.newInputStream(plan.file(artifact)), LINE_MAX_BYTES)) {
      for (byte[] line = lines.next();
          line != null && chars < CONTENTS_MAX_CHARS;
          line = lines.next()) {
        chars += lines.cut() ? 0 : keptContent(artifact, line, digests);
      }
    }
    if (chars >= CONTENTS_MAX_CHARS) {
      addOutcome(artifact).problem("it is too large; some digests are missing");
    }
  }

  /**
   * Stores the digest of one line.
   *
   * @return its size in chars, for the limit
   */
  private int keptContent(String artifact, byte[] line, Map<String, String> digests)
      throws IOException {
    try {
      JsonNode file = Json.LENIENT.readTree(line);
      if (file.path("path").isTextual() && file.path("sha256").isTextual()) {
        String path = file.get("path").textValue();
        String sha256 = file.get("sha256").textValue();
        digests.put(path, sha256);
        return CONTENT_CHARS + path.length() + sha256.length();
      }
    } catch (JacksonException damaged) {
      // The file's row stays; it only has no digest.
      if (outcomes.stream()
          .noneMatch(artifactOutcome -> artifactOutcome.artifact().equals(artifact))) {
        addOutcome(artifact).problem("some of its lines can't be read");
      }
    }
    return 0;
  }

  private ArtifactOutcome addOutcome(String artifact) {
    ArtifactOutcome artifactOutcome = new ArtifactOutcome(artifact);
    outcomes.add(artifactOutcome);
    return artifactOutcome;
  }

  private long nextOrdinal() {
    return (long) ++sources << 52;
  }
}
