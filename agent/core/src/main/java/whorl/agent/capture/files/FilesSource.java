package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.JsonLines;
import whorl.agent.capture.PackageOpener;
import whorl.agent.capture.ProcFs;
import whorl.evidence.ArtifactName;

/**
 * The file system: {@code files.body} over the writable places and the application's own folder,
 * {@code files/<sha256>} for what came or changed since the JVM began and for what is held open or
 * mapped without a name, and {@code files.ndjson}, which says what is which.
 */
public final class FilesSource implements ArtifactSource {
  static final ArtifactName BODY = new ArtifactName("files.body");
  static final ArtifactName INDEX = new ArtifactName("files.ndjson");

  private static final int ENTRIES_MAX = 50_000;
  private static final int FOUND_MAX = 5_000;
  private static final long WALK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long CONTENTS_MAX_BYTES = 32L << 20;
  private static final int PARTS_OF_ROOM = 4;
  private static final long INDEX_MAX_BYTES = 16L << 20;

  /** The kernel tells a process's start by its ticks since boot, which is good for a second. */
  private static final Duration START_DOUBT = Duration.ofSeconds(1);

  /** Files of the agent, of JFR, of the attach mechanism and of HotSpot's counters. */
  private static final Pattern OURS =
      Pattern.compile(
          "/whorl-(spool|ballast|life)|/whorl[0-9]*\\.probe$"
              + "|/[0-9]{4}(_[0-9]{2}){5}_[0-9]+/[^/]*\\.(jfr|part)$"
              + "|/hsperfdata_|/\\.(java_pid|attach_pid)[0-9]+$");

  private final ProcFs proc;
  private final PackageOpener opener;
  private final Circumstances circumstances;

  /**
   * What is to be known of this JVM.
   *
   * @param startedAt when the JVM began
   * @param ours folders of the agent's own, whose contents are no evidence
   * @param secrets files and folders whose contents are never kept, only hashed
   * @param roomBytes of evidence that would fit now, of which a quarter is taken at most
   */
  public record Circumstances(
      Instant startedAt, Set<Path> ours, Set<Path> secrets, LongSupplier roomBytes) {}

  public FilesSource(ProcFs proc, PackageOpener opener, Circumstances circumstances) {
    this.proc = proc;
    this.opener = opener;
    this.circumstances = circumstances;
  }

  @Override
  public String kind() {
    return "files";
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    long startedNanos = System.nanoTime();
    List<Found> found = new ArrayList<>(Gone.of(proc));
    found.removeIf(one -> ours(one.name()));
    walk(out, found, startedNanos + WALK_NANOS);
    long read = contents(out, found);
    out.log("files: " + read + " bytes' worth of room for contents");
  }

  private void walk(ArtifactOutput out, List<Found> found, long endNanos)
      throws IOException, InterruptedException {
    Places places = Places.of(proc, System::getProperty);
    Instant since = circumstances.startedAt().minus(START_DOUBT);
    int[] leftOut = {0};
    FileWalk walk;
    try (BodyFile body = new BodyFile(out.create(BODY, "text/plain; charset=utf-8"))) {
      for (Found gone : found) {
        if (gone.state() != null) {
          body.write(gone.name() + " (deleted)", gone.state());
        }
      }
      walk =
          new FileWalk(
              new FileWalk.Ground(places.all(), places::closed),
              new FileStates(opener),
              ENTRIES_MAX,
              endNanos,
              System::nanoTime,
              (path, state) -> {
                body.write(name(path, state), state);
                if (!state.regular()
                    || state.lastTouched().isBefore(since)
                    || ours(path.toString())) {
                  return;
                }
                if (found.size() >= FOUND_MAX) {
                  leftOut[0]++;
                  return;
                }
                boolean born = state.born() != null && !state.born().isBefore(since);
                found.add(
                    new Found(
                        path.toString(),
                        path,
                        state,
                        born ? Found.Why.CREATED : Found.Why.CHANGED));
              });
      walk.walk();
    }
    out.log(
        BODY
            + ": "
            + walk.entries()
            + " entries in "
            + places.all().stream().map(place -> place.path().toString()).toList()
            + ", "
            + walk.unreadable()
            + " could not be read");
    for (String mount : places.leftOut()) {
      out.log(BODY + ": not looked into: " + mount);
    }
    if (walk.cut()) {
      out.missing(BODY.value(), "cut after " + walk.entries() + " entries");
    }
    if (leftOut[0] > 0) {
      out.missing("files", leftOut[0] + " changed files beyond " + FOUND_MAX + " were left out");
    }
  }

  /** The most that could be kept. */
  private long contents(ArtifactOutput out, List<Found> found)
      throws IOException, InterruptedException {
    found.sort(Found.ORDER);
    long maxBytes =
        Math.min(CONTENTS_MAX_BYTES, circumstances.roomBytes().getAsLong() / PARTS_OF_ROOM);
    Contents contents =
        new Contents(
            proc, out, maxBytes, System.nanoTime() + READ_NANOS, System::nanoTime, this::secret);
    for (Found one : found) {
      contents.add(one);
    }
    try (JsonLines lines = new JsonLines(INDEX, out, INDEX_MAX_BYTES)) {
      for (Contents.Line line : contents.lines()) {
        lines.write(line);
      }
    }
    out.log("files: kept " + contents.kept());
    return maxBytes;
  }

  private boolean ours(String name) {
    return OURS.matcher(name).find() || within(circumstances.ours(), name);
  }

  private boolean secret(Found found) {
    return within(circumstances.secrets(), found.name());
  }

  /** A name that this JVM cannot spell is nowhere. */
  private static boolean within(Set<Path> folders, String name) {
    try {
      Path path = Path.of(name);
      return folders.stream().anyMatch(path::startsWith);
    } catch (InvalidPathException notSpelt) {
      return false;
    }
  }

  private static String name(Path path, FileState state) {
    if (state.link()) {
      try {
        return path + " -> " + Files.readSymbolicLink(path);
      } catch (IOException gone) {
        return path.toString();
      }
    }
    return path.toString();
  }
}
