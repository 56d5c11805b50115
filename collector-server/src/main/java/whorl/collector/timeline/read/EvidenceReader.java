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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.Lines;
import whorl.collector.timeline.IndexStatus;
import whorl.evidence.Json;

/**
 * All portions of one piece of evidence, handed out to those who read them. Recordings come first,
 * then the ring, then the console: which lines are there twice is known only when what came before
 * is read. Safe for use by several threads.
 */
public final class EvidenceReader implements Closeable {
  /** What rows can be made of; the end of a name. */
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

  /** Which contents were kept; not rows by themselves. */
  private static final List<String> CONTENTS = List.of("files.ndjson", "files-later.ndjson");

  private static final Set<String> RECORDINGS = Set.of("recording.jfr", "previous.jfr");
  private static final long COMPARED_MAX_BYTES = 256L << 20;
  private static final int LINE_MAX_BYTES = 4 << 20;

  /** Of paths whose digests are remembered, each with about as much for itself. */
  private static final int CONTENTS_MAX_CHARS = 16 << 20;

  private static final int CONTENT_CHARS = 100;

  private final IndexPlan plan;
  private final ManifestFacts manifest;
  private final StackShelf stacks;
  private final Requests requests = new Requests();
  private final List<Tally> tallies = new ArrayList<>();

  /** Each begins when the one before is read: recordings, ring, all else. */
  private final List<Deque<Portion>> phases =
      List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());

  private final int portions;
  private int phase;
  private int underWay;
  private int sources;

  public EvidenceReader(IndexPlan plan, ManifestFacts manifest, Path workFolder)
      throws IOException {
    this.plan = plan;
    this.manifest = manifest;
    this.stacks = new StackShelf(stacksFile(workFolder));
    Duplicates ofRing = new Duplicates();
    Duplicates ofConsole = new Duplicates();
    Reading reading = new Reading(workFolder, stacks, requests, ofRing, ofConsole, keptContents());
    for (String artifact : READABLE) {
      if (plan.unread().containsKey(artifact)) {
        tally(artifact).problem(plan.unread().get(artifact));
      } else if (plan.artifacts().containsKey(artifact)) {
        open(artifact, reading);
      }
    }
    if (!plan.custody().isEmpty()) {
      Path custody = workFolder.resolve("custody.ndjson");
      Files.write(custody, plan.custody());
      phases.get(2).add(new CustodyPortion(custody, tally("custody"), nextOrdinal()));
    }
    portions = left();
  }

  /** Whether rows can be made of an artifact of this name. */
  public static boolean reads(String artifact) {
    return READABLE.contains(artifact);
  }

  /** Whether it is read beside those that rows are made of. */
  public static boolean isLookedUp(String artifact) {
    return CONTENTS.contains(artifact);
  }

  /** Where the stacks are kept, in {@link StackShelf}'s form. */
  public static Path stacksFile(Path workFolder) {
    return workFolder.resolve("stacks.bin");
  }

  /**
   * The next portion for the calling thread, which must end it; waits until all of a phase is read
   * before it hands out the next one's.
   *
   * @return null when there are no more
   */
  public synchronized @Nullable Portion next() throws InterruptedException {
    while (phase < phases.size()) {
      Portion portion = phases.get(phase).poll();
      if (portion != null) {
        underWay++;
        return portion;
      }
      if (underWay == 0) {
        phase++;
      } else {
        wait();
      }
    }
    return null;
  }

  /** A portion that {@link #next} gave has been read. */
  public synchronized void ended(Portion portion) throws IOException {
    try {
      portion.close();
    } finally {
      underWay--;
      notifyAll();
    }
  }

  /** How many portions there are, of which {@link #left} have not been handed out. */
  public int portions() {
    return portions;
  }

  public synchronized int left() {
    return phases.stream().mapToInt(Deque::size).sum();
  }

  public Requests requests() {
    return requests;
  }

  /** What came of each artifact. */
  public synchronized List<IndexStatus.Source> outcomes() {
    return tallies.stream().map(Tally::outcome).toList();
  }

  @Override
  public void close() throws IOException {
    stacks.close();
    if (stacks.refused() > 0) {
      tallies.get(0).problem(stacks.refused() + " rows have no stack, for there were too many");
    }
    if (requests.forgotten() > 0) {
      tallies.get(0).problem(requests.forgotten() + " requests are not told by method and path");
    }
  }

  private void open(String artifact, Reading reading) throws IOException {
    Tally tally = tally(artifact);
    Path file = plan.file(artifact);
    if (RECORDINGS.contains(artifact)) {
      long source = nextOrdinal();
      for (RecordingChunk chunk : RecordingChunk.of(file, tally)) {
        phases
            .get(0)
            .add(
                new RecordingPortion(
                    chunk, reading, tally, source + ((long) chunk.number() << 32)));
      }
      return;
    }
    Deque<Portion> rest = phases.get(2);
    switch (artifact) {
      case "alert.json" -> rest.add(new AlertPortion(file, reading, tally, nextOrdinal()));
      case "process.json" -> rest.add(new ProcessPortion(file, tally, nextOrdinal()));
      case "files.body", "files-later.body" ->
          rest.add(new BodyfilePortion(file, reading, tally, nextOrdinal()));
      case "classes.ndjson" ->
          rest.add(new ClassLinePortion(file, tally, nextOrdinal(), manifest.capturedAtNanos()));
      case "events.ndjson" -> {
        EventLinePortion ring = new EventLinePortion(file, reading, tally, nextOrdinal());
        announced(file, tally, line -> told(ring.announce(line), tally));
        phases.get(1).add(ring);
      }
      case "console.log" -> {
        ConsolePortion console = new ConsolePortion(file, reading, tally, nextOrdinal());
        announced(file, tally, console::announce);
        rest.add(console);
      }
      default -> throw new IllegalStateException("no reader for " + artifact);
    }
  }

  private static boolean told(@Nullable String problem, Tally tally) {
    if (problem != null) {
      tally.problem(problem);
    }
    return problem == null;
  }

  private static void announced(Path file, Tally tally, Predicate<String> announce)
      throws IOException {
    if (Files.size(file) > COMPARED_MAX_BYTES) {
      tally.problem("it is too long to be compared with the recording: events may come twice");
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

  /** Digests by path, from {@code files.ndjson} and what was named later. */
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
      tally(artifact).problem("it has more than can be remembered; some digests are not told");
    }
  }

  /** How much there is to remember of it. */
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
      // Its bodyfile line is there; only the digest beside it is not.
      if (tallies.stream().noneMatch(tally -> tally.artifact().equals(artifact))) {
        tally(artifact).problem("some of its lines can't be read");
      }
    }
    return 0;
  }

  private Tally tally(String artifact) {
    Tally tally = new Tally(artifact);
    tallies.add(tally);
    return tally;
  }

  private long nextOrdinal() {
    return (long) ++sources << 52;
  }
}
