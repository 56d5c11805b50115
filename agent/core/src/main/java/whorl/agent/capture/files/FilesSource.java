package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.JsonLines;
import whorl.agent.capture.PackageOpener;
import whorl.agent.capture.ProcFs;
import whorl.agent.event.AgentEvent;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;

/**
 * The file system. First of all the files that the alerts and the last writes name, however full
 * the disk is; then {@code files.body} over the writable places and the application's own folder,
 * {@code files/<sha256>} for what came or changed since the JVM began and for what is held open or
 * mapped without a name, and {@code files.ndjson}, which says what is which. What alerts name that
 * join later is brought by {@link #later}.
 */
public final class FilesSource implements ArtifactSource {
  static final ArtifactName BODY = new ArtifactName("files.body");
  static final ArtifactName INDEX = new ArtifactName("files.ndjson");

  static final ArtifactName LATER_BODY = new ArtifactName("files-later.body");
  static final ArtifactName LATER_INDEX = new ArtifactName("files-later.ndjson");
  private static final String BODY_TYPE = "text/plain; charset=utf-8";

  private static final int ENTRIES_MAX = 50_000;
  private static final int FOUND_MAX = 5_000;
  private static final long WALK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NAMED_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LARGE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(1);
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
  private volatile @Nullable Brought brought;

  /**
   * What is to be known of this JVM.
   *
   * @param startedAt when the JVM began
   * @param ours folders of the agent's own, whose contents are no evidence
   * @param secrets files and folders whose contents are never kept, only hashed
   * @param roomBytes of evidence that would fit now, of which a quarter is taken at most
   * @param events the newest, oldest first
   */
  public record Circumstances(
      Instant startedAt,
      Set<Path> ours,
      Set<Path> secrets,
      LongSupplier roomBytes,
      Supplier<List<AgentEvent>> events) {}

  /**
   * What a capture has when its first look is over.
   *
   * @param late what the bodyfile does not have yet
   */
  private record Brought(
      NamedFiles named, FileContents.Kept kept, long maxBytes, List<NamedFiles.Entry> late) {}

  public FilesSource(ProcFs proc, PackageOpener opener, Circumstances circumstances) {
    this.proc = proc;
    this.opener = opener;
    this.circumstances = circumstances;
  }

  /** The source of what is named after this one has run. */
  public ArtifactSource later() {
    return new LaterFilesSource(this);
  }

  @Override
  public String kind() {
    return "files";
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    brought = null;
    long startedNanos = System.nanoTime();
    SearchRoots searchRoots = SearchRoots.of(proc, System::getProperty);
    NamedFiles named = named(searchRoots);
    FileContents.Kept kept = new FileContents.Kept();
    long maxBytes = maxBytes();
    FileContents fileContents =
        contents(out, kept, maxBytes, startedNanos + NAMED_NANOS + READ_NANOS);
    List<FoundFile> wanted = found(look(named, context));
    List<FoundFile> written =
        found(named.look(NamedPaths.written(circumstances.events().get()), false));
    written.sort(FoundFile.ORDER);
    long namedEndNanos = startedNanos + NAMED_NANOS;
    List<FoundFile> left = addSmall(wanted, fileContents, maxBytes, namedEndNanos);
    left.addAll(addSmall(written, fileContents, maxBytes / 2, namedEndNanos));

    List<FoundFile> foundFile = new ArrayList<>(DeletedFiles.of(proc));
    foundFile.removeIf(one -> ours(one.name()));
    left.addAll(walk(out, searchRoots, foundFile, named, context));
    fileContents.until(System.nanoTime() + READ_NANOS);
    left = addSmall(left, fileContents, maxBytes, Long.MAX_VALUE);
    foundFile.sort(FoundFile.ORDER);
    for (FoundFile one : foundFile) {
      fileContents.add(one);
    }
    fileContents.until(System.nanoTime() + LARGE_NANOS);
    for (FoundFile one : left) {
      fileContents.add(one);
    }
    // What joined while contents were read is in the index; only its place in the body is later.
    List<NamedFiles.Entry> late = look(named, context);
    fileContents.until(System.nanoTime() + LATER_NANOS);
    for (FoundFile one : found(late)) {
      fileContents.add(one);
    }
    index(INDEX, fileContents, out);
    if (named.unreachable() > 0) {
      out.log(
          "files: "
              + named.unreachable()
              + " named paths lie in file systems of the kernel or on the network and were not"
              + " looked at");
    }
    out.log("files: " + maxBytes + " bytes' worth of room for contents");
    brought = new Brought(named, kept, maxBytes, late);
  }

  @Override
  public void forget() {
    brought = null;
  }

  /** Brings what was named since {@link #collect}. */
  void collectLater(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    Brought before = brought;
    if (before == null) {
      out.log(LATER_INDEX + ": the first look did not end");
      return;
    }
    List<NamedFiles.Entry> entries = new ArrayList<>(look(before.named(), context));
    entries.addAll(before.named().look(NamedPaths.written(circumstances.events().get()), false));
    entries.removeIf(one -> ours(one.path().toString()));
    if (entries.isEmpty() && before.late().isEmpty()) {
      return;
    }
    try (BodyFile body = new BodyFile(out.create(LATER_BODY, BODY_TYPE))) {
      for (NamedFiles.Entry one : before.late()) {
        write(one, body);
      }
      for (NamedFiles.Entry one : entries) {
        write(one, body);
      }
    }
    if (entries.isEmpty()) {
      return;
    }
    FileContents fileContents =
        contents(out, before.kept(), before.maxBytes(), System.nanoTime() + LATER_NANOS);
    for (FoundFile one :
        addSmall(found(entries), fileContents, before.maxBytes(), Long.MAX_VALUE)) {
      fileContents.add(one);
    }
    index(LATER_INDEX, fileContents, out);
  }

  private NamedFiles named(SearchRoots searchRoots) {
    return new NamedFiles(searchRoots::closed, new FileStates(opener), since(), System::getenv);
  }

  private static List<NamedFiles.Entry> look(NamedFiles named, CaptureContext context)
      throws InterruptedException {
    List<Alert> alerts = context.alerts();
    List<Alert> newestFirst = new ArrayList<>(alerts);
    Collections.reverse(newestFirst);
    // All at once may be too many, and those that came last were not looked at before.
    List<NamedFiles.Entry> entries = named.look(NamedPaths.of(alerts), true);
    entries.addAll(named.look(NamedPaths.of(newestFirst), true));
    return entries;
  }

  private Instant since() {
    return circumstances.startedAt().minus(START_DOUBT);
  }

  private long maxBytes() {
    return Math.min(CONTENTS_MAX_BYTES, circumstances.roomBytes().getAsLong() / PARTS_OF_ROOM);
  }

  private FileContents contents(
      ArtifactOutput out, FileContents.Kept kept, long maxBytes, long endNanos) {
    return new FileContents(proc, out, kept, maxBytes, endNanos, System::nanoTime, this::secret);
  }

  private List<FoundFile> found(List<NamedFiles.Entry> entries) {
    List<FoundFile> files = new ArrayList<>();
    for (NamedFiles.Entry one : entries) {
      if (one.file() && !ours(one.path().toString())) {
        files.add(one.found());
      }
    }
    return files;
  }

  /**
   * Keeps those that are soon read; a large one must not take the time of the others.
   *
   * @return what is left for later
   */
  private static List<FoundFile> addSmall(
      List<FoundFile> named, FileContents fileContents, long maxBytes, long endNanos)
      throws IOException, InterruptedException {
    List<FoundFile> left = new ArrayList<>();
    for (FoundFile one : named) {
      long size = one.state() == null ? 0 : one.state().size();
      if (size > FileContents.FILE_MAX_BYTES
          || size > maxBytes - fileContents.keptBytes()
          || endNanos != Long.MAX_VALUE && System.nanoTime() - endNanos > 0) {
        left.add(one);
      } else {
        fileContents.add(one);
      }
    }
    return left;
  }

  private static void write(NamedFiles.Entry one, BodyFile body) throws IOException {
    FileState state = one.state();
    if (state != null) {
      body.write(name(one.path(), state), state);
    }
  }

  /**
   * Writes the bodyfile, and adds what came or changed to {@code found}.
   *
   * @return files of alerts that joined meanwhile
   */
  private List<FoundFile> walk(
      ArtifactOutput out,
      SearchRoots searchRoots,
      List<FoundFile> foundFile,
      NamedFiles named,
      CaptureContext context)
      throws IOException, InterruptedException {
    Instant since = since();
    int[] leftOut = {0};
    List<NamedFiles.Entry> joined;
    FileWalk walk;
    try (BodyFile body = new BodyFile(out.create(BODY, BODY_TYPE))) {
      for (NamedFiles.Entry one : named.entries()) {
        write(one, body);
      }
      for (FoundFile gone : foundFile) {
        if (gone.state() != null) {
          body.write(gone.name() + " (deleted)", gone.state());
        }
      }
      walk =
          new FileWalk(
              new FileWalk.Ground(searchRoots.all(), searchRoots::closed),
              new FileStates(opener),
              ENTRIES_MAX,
              System.nanoTime() + WALK_NANOS,
              System::nanoTime,
              (path, state) -> {
                if (named.knows(path)) {
                  return;
                }
                body.write(name(path, state), state);
                if (!state.regular()
                    || state.lastTouched().isBefore(since)
                    || ours(path.toString())) {
                  return;
                }
                if (foundFile.size() >= FOUND_MAX) {
                  leftOut[0]++;
                  return;
                }
                boolean born = state.born() != null && !state.born().isBefore(since);
                foundFile.add(
                    new FoundFile(
                        path.toString(),
                        path,
                        state,
                        born ? FoundFile.Why.CREATED : FoundFile.Why.CHANGED));
              });
      walk.walk();
      joined = look(named, context);
      for (NamedFiles.Entry one : joined) {
        if (!foundFile.removeIf(walked -> walked.name().equals(one.path().toString()))) {
          write(one, body);
        }
      }
    }
    out.log(
        BODY
            + ": "
            + walk.entries()
            + " entries in "
            + searchRoots.all().stream().map(place -> place.path().toString()).toList()
            + ", "
            + walk.unreadable()
            + " could not be read");
    for (String mount : searchRoots.leftOut()) {
      out.log(BODY + ": not looked into: " + mount);
    }
    if (walk.cut()) {
      out.missing(BODY.value(), "cut after " + walk.entries() + " entries");
    }
    if (leftOut[0] > 0) {
      out.missing("files", leftOut[0] + " changed files beyond " + FOUND_MAX + " were left out");
    }
    return found(joined);
  }

  private static void index(ArtifactName name, FileContents fileContents, ArtifactOutput out)
      throws IOException {
    try (JsonLines lines = new JsonLines(name, out, INDEX_MAX_BYTES)) {
      for (FileContents.Line line : fileContents.lines()) {
        lines.write(line);
      }
    }
    out.log("files: kept " + fileContents.kept());
  }

  private boolean ours(String name) {
    return OURS.matcher(name).find() || within(circumstances.ours(), name);
  }

  private boolean secret(FoundFile foundFile) {
    return within(circumstances.secrets(), foundFile.name());
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
