package whorl.agent.capture.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
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
import whorl.agent.capture.JvmProperties;
import whorl.agent.capture.jvm.PackageOpener;
import whorl.agent.capture.kernel.ProcFs;
import whorl.event.AgentEvent;
import whorl.evidence.Alert;
import whorl.evidence.ArtifactName;
import whorl.evidence.channel.ArtifactKind;

/**
 * Captures the file system. First the files that alerts and recent writes name, however full the
 * disk is. Then {@code files.body} over the writable places and the application's own folder;
 * {@code files/<sha256>} for files created or changed since the JVM began and for those held open
 * or mapped without a name; and {@code files.ndjson}, the index. {@link #later} captures files that
 * later alerts name.
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
  private static final int ROOM_DIVISOR = 4;
  private static final long INDEX_MAX_BYTES = 16L << 20;

  /** The kernel gives a process's start in ticks since boot, precise to a second. */
  private static final Duration START_PRECISION = Duration.ofSeconds(1);

  /**
   * Files of the agent, of JFR, of the attach mechanism and of HotSpot's counters. Any code can use
   * such a name, so what an alert names is wanted all the same.
   */
  private static final Pattern OURS =
      Pattern.compile(
          "/whorl-spool/|/whorl-ballast-[0-9]+$|/whorl-life-[^/]+\\.properties$"
              + "|/whorl[0-9]*\\.probe$"
              + "|/[0-9]{4}(_[0-9]{2}){5}_[0-9]+/[^/]*\\.(jfr|part)$"
              + "|/hsperfdata_[^/]+/[0-9]+$|/\\.(java_pid|attach_pid)[0-9]+$");

  private final ProcFs proc;
  private final PackageOpener opener;
  private final Circumstances circumstances;
  private volatile @Nullable FirstPass firstPass;

  /**
   * Facts about this JVM.
   *
   * @param startedAt when the JVM began
   * @param ours the agent's own folders, whose contents are no evidence
   * @param secrets files and folders whose contents are never captured, only hashed
   * @param roomBytes space for evidence now; a quarter of it is used at most
   * @param events the newest, oldest first
   */
  public record Circumstances(
      Instant startedAt,
      Set<Path> ours,
      Set<Path> secrets,
      LongSupplier roomBytes,
      Supplier<List<AgentEvent>> events) {}

  /**
   * The state of a capture after its first pass.
   *
   * @param late files that are not in the bodyfile yet
   */
  private record FirstPass(
      NamedFiles named, FileContents.Kept kept, long maxBytes, List<NamedFiles.Entry> late) {}

  public FilesSource(ProcFs proc, PackageOpener opener, Circumstances circumstances) {
    this.proc = proc;
    this.opener = opener;
    this.circumstances = circumstances;
  }

  /** Returns the source of the files that are named after this one has run. */
  public ArtifactSource later() {
    return new LaterFilesSource(this);
  }

  @Override
  public String kind() {
    return ArtifactKind.FILES;
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    firstPass = null;
    long startedNanos = System.nanoTime();
    SearchRoots searchRoots = SearchRoots.of(proc, JvmProperties::get);
    NamedFiles named = named(searchRoots);
    FileContents.Kept kept = new FileContents.Kept();
    long maxBytes = maxBytes();
    FileContents fileContents =
        contents(out, kept, maxBytes, startedNanos + NAMED_NANOS + READ_NANOS);
    List<FoundFile> wanted = found(resolve(named, context));
    List<FoundFile> written = found(named.resolve(written(), false));
    written.sort(FoundFile.ORDER);
    long namedEndNanos = startedNanos + NAMED_NANOS;
    List<FoundFile> remaining = addSmall(wanted, fileContents, maxBytes, namedEndNanos);
    remaining.addAll(addSmall(written, fileContents, maxBytes / 2, namedEndNanos));

    List<FoundFile> foundFiles = new ArrayList<>(DeletedFiles.of(proc));
    foundFiles.removeIf(file -> ours(file.name()));
    remaining.addAll(walk(out, searchRoots, foundFiles, named, context));
    fileContents.stopAt(System.nanoTime() + READ_NANOS);
    remaining = addSmall(remaining, fileContents, maxBytes, Long.MAX_VALUE);
    foundFiles.sort(FoundFile.ORDER);
    for (FoundFile file : foundFiles) {
      fileContents.add(file);
    }
    fileContents.stopAt(System.nanoTime() + LARGE_NANOS);
    for (FoundFile file : remaining) {
      fileContents.add(file);
    }
    // Files of alerts that joined while contents were read are in the index; only their bodyfile
    // lines come later.
    List<NamedFiles.Entry> late = resolve(named, context);
    fileContents.stopAt(System.nanoTime() + LATER_NANOS);
    for (FoundFile file : found(late)) {
      fileContents.add(file);
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
    firstPass = new FirstPass(named, kept, maxBytes, late);
  }

  @Override
  public void forget() {
    firstPass = null;
  }

  /** Captures files that were named since {@link #collect}. */
  void collectLater(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    FirstPass before = firstPass;
    if (before == null) {
      out.log(LATER_INDEX + ": the first look did not end");
      return;
    }
    List<NamedFiles.Entry> entries = new ArrayList<>(resolve(before.named(), context));
    entries.addAll(before.named().resolve(written(), false));
    entries.removeIf(file -> own(file.path().toString()));
    if (entries.isEmpty() && before.late().isEmpty()) {
      return;
    }
    try (BodyFile body = new BodyFile(out.create(LATER_BODY, BODY_TYPE))) {
      for (NamedFiles.Entry file : before.late()) {
        write(file, body);
      }
      for (NamedFiles.Entry file : entries) {
        write(file, body);
      }
    }
    if (entries.isEmpty()) {
      return;
    }
    FileContents fileContents =
        contents(out, before.kept(), before.maxBytes(), System.nanoTime() + LATER_NANOS);
    for (FoundFile file :
        addSmall(found(entries), fileContents, before.maxBytes(), Long.MAX_VALUE)) {
      fileContents.add(file);
    }
    index(LATER_INDEX, fileContents, out);
  }

  private NamedFiles named(SearchRoots searchRoots) {
    return new NamedFiles(searchRoots::closed, new FileStates(opener), since(), System::getenv);
  }

  private static List<NamedFiles.Entry> resolve(NamedFiles named, CaptureContext context)
      throws InterruptedException {
    List<Alert> alerts = context.alerts();
    List<Alert> newestFirst = new ArrayList<>(alerts);
    Collections.reverse(newestFirst);
    // All at once may exceed the bound, and the last alerts were not resolved before.
    List<NamedFiles.Entry> entries = named.resolve(NamedPaths.of(alerts), true);
    entries.addAll(named.resolve(NamedPaths.of(newestFirst), true));
    return entries;
  }

  /** Recently written paths, without those of files that the agent or the JVM writes. */
  private List<NamedPaths.Named> written() {
    List<NamedPaths.Named> written =
        new ArrayList<>(NamedPaths.written(circumstances.events().get()));
    written.removeIf(path -> ours(path.path()));
    return written;
  }

  private Instant since() {
    return circumstances.startedAt().minus(START_PRECISION);
  }

  private long maxBytes() {
    return Math.min(CONTENTS_MAX_BYTES, circumstances.roomBytes().getAsLong() / ROOM_DIVISOR);
  }

  private FileContents contents(
      ArtifactOutput out, FileContents.Kept kept, long maxBytes, long endNanos) {
    Set<Path> secrets = secrets();
    return new FileContents(
        proc, out, kept, maxBytes, endNanos, System::nanoTime, file -> secret(file, secrets));
  }

  private List<FoundFile> found(List<NamedFiles.Entry> entries) {
    List<FoundFile> files = new ArrayList<>();
    for (NamedFiles.Entry file : entries) {
      if (file.file() && !own(file.path().toString())) {
        files.add(file.found());
      }
    }
    return files;
  }

  /**
   * Adds files that are quick to read; a large one must not use up the time of the others.
   *
   * @return the remaining files
   */
  private static List<FoundFile> addSmall(
      List<FoundFile> named, FileContents fileContents, long maxBytes, long endNanos)
      throws IOException, InterruptedException {
    List<FoundFile> remaining = new ArrayList<>();
    for (FoundFile file : named) {
      long size = file.state() == null ? 0 : file.state().size();
      if (size > FileContents.FILE_MAX_BYTES
          || size > maxBytes - fileContents.keptBytes()
          || endNanos != Long.MAX_VALUE && System.nanoTime() - endNanos > 0) {
        remaining.add(file);
      } else {
        fileContents.add(file);
      }
    }
    return remaining;
  }

  private static void write(NamedFiles.Entry file, BodyFile body) throws IOException {
    FileState state = file.state();
    if (state != null) {
      body.write(name(file.path(), state), state);
    }
  }

  /**
   * Writes the bodyfile, and adds created or changed files to {@code foundFiles}.
   *
   * @return files of alerts that joined meanwhile
   */
  private List<FoundFile> walk(
      ArtifactOutput out,
      SearchRoots searchRoots,
      List<FoundFile> foundFiles,
      NamedFiles named,
      CaptureContext context)
      throws IOException, InterruptedException {
    Instant since = since();
    int[] leftOut = {0};
    List<NamedFiles.Entry> joined;
    FileWalk walk;
    try (BodyFile body = new BodyFile(out.create(BODY, BODY_TYPE))) {
      for (NamedFiles.Entry file : named.entries()) {
        write(file, body);
      }
      for (FoundFile gone : foundFiles) {
        if (gone.state() != null) {
          body.write(gone.name() + " (deleted)", gone.state());
        }
      }
      walk =
          new FileWalk(
              new FileWalk.Scope(searchRoots.all(), searchRoots::closed),
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
                if (foundFiles.size() >= FOUND_MAX) {
                  leftOut[0]++;
                  return;
                }
                boolean born = state.born() != null && !state.born().isBefore(since);
                foundFiles.add(
                    new FoundFile(
                        path.toString(),
                        path,
                        state,
                        born ? FoundFile.Why.CREATED : FoundFile.Why.CHANGED));
              });
      walk.walk();
      joined = resolve(named, context);
      for (NamedFiles.Entry file : joined) {
        if (!foundFiles.removeIf(walked -> walked.name().equals(file.path().toString()))) {
          write(file, body);
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
    return OURS.matcher(name).find() || own(name);
  }

  private boolean own(String name) {
    return within(circumstances.ours(), name);
  }

  /** By the name that it was found by, and by the real one: folders on its way may be links. */
  private static boolean secret(FoundFile file, Set<Path> secrets) {
    Path real = file.open() == null ? null : NamedFiles.realOrNull(file.open());
    return within(secrets, file.name()) || real != null && within(secrets, real.toString());
  }

  private Set<Path> secrets() {
    Set<Path> secrets = new HashSet<>(circumstances.secrets());
    for (Path secret : circumstances.secrets()) {
      secrets.add(Objects.requireNonNullElse(NamedFiles.realOrNull(secret), secret));
    }
    return secrets;
  }

  /** A name that this JVM's charset cannot represent is in no folder. */
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
