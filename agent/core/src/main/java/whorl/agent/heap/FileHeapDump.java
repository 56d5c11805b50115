package whorl.agent.heap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.jvm.DiagnosticCommands;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.WritableFolder;
import whorl.agent.hprof.PassResult;
import whorl.agent.ship.direct.DirectUpload;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.Artifact;
import whorl.evidence.HeapFacts;

/**
 * A dump over a file: HotSpot writes it into a writable folder with enough space. The file is
 * opened and deleted at once, and goes to the collector through the same filter as a stream, or
 * into the spool if there is no collector.
 */
final class FileHeapDump {
  private static final String RAISE = "raise heap.pause-limit";
  private static final String OR_FORCE =
      ", or ask with force; a dump to a file cannot be given up once it is begun";
  private static final Logger log = LoggerFactory.getLogger(FileHeapDump.class);
  private static final String PREFIX = ".whorl-heap-";
  private static final long LEFT_BEHIND_MILLIS = Duration.ofMinutes(10).toMillis();
  private static final long MIB = 1 << 20;
  private static final long DISK_BYTES_PER_SECOND = 150 * MIB;
  private static final long MEMORY_BYTES_PER_SECOND = 500 * MIB;
  private static final long HEADROOM_LEFT_BYTES = 64 * MIB;

  /** From this version on HotSpot writes its object part to a separate file and then joins them. */
  private static final int TWO_FILES_SINCE = 22;

  private final HeapPlace place;
  private final DiagnosticCommands commands;

  FileHeapDump(HeapPlace place) {
    this.place = place;
    this.commands = new DiagnosticCommands(place.opener());
  }

  /**
   * Removes files that a killed JVM left behind, because they hold secrets. A file that is still
   * being written, possibly by another JVM with the same folder, stays.
   */
  void sweep() {
    long before = System.currentTimeMillis() - LEFT_BEHIND_MILLIS;
    for (WritableFolder folder : place.environment().writableFolders()) {
      try (DirectoryStream<Path> left =
          Files.newDirectoryStream(folder.path(), PREFIX + "*.hprof*")) {
        for (Path file : left) {
          if (Files.getLastModifiedTime(file).toMillis() < before) {
            Files.deleteIfExists(file);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        log.debug("{} cannot be swept", folder.path(), e);
      }
    }
  }

  /**
   * @param budget the longest pause of the application
   */
  DumpResult take(CaptureContext context, Duration budget, ArtifactOutput out)
      throws InterruptedException {
    long used = place.heapUsedBytes();
    long needed = used + used / 10;
    if (Runtime.version().feature() >= TWO_FILES_SINCE) {
      needed *= 2;
    }
    List<String> tooSmall = new ArrayList<>();
    WritableFolder folder = withRoom(needed, tooSmall);
    if (folder == null) {
      return new DumpResult.Failed(
          "no folder has room for a file of "
              + (needed / MIB)
              + " MiB: "
              + (tooSmall.isEmpty() ? "none is writable" : String.join(", ", tooSmall)));
    }
    String tooLong =
        PauseEstimate.written(
                used, folder.inMemory() ? MEMORY_BYTES_PER_SECOND : DISK_BYTES_PER_SECOND)
            .over(budget, context.force() ? RAISE : RAISE + OR_FORCE);
    // Nothing can end a dump to a file, so force no longer counts once the application was paused.
    boolean insisted = context.force() && budget.equals(place.config().pauseLimit());
    if (tooLong != null && !insisted) {
      return new DumpResult.Failed(tooLong);
    }
    Path file = folder.path().resolve(PREFIX + context.evidence() + ".hprof");
    file.toFile().deleteOnExit();
    Duration[] pause = {Duration.ZERO};
    try {
      return throughFile(context, file, pause, out);
    } catch (IOException | RuntimeException | LinkageError e) {
      log.debug("no heap over a file", e);
      return new DumpResult.Failed(HeapReader.reason(e), pause[0]);
    } finally {
      delete(file);
    }
  }

  private @Nullable WritableFolder withRoom(long needed, List<String> tooSmall) {
    for (WritableFolder folder : place.environment().writableFolders()) {
      long room = folder.roomBytesNow();
      String what = "";
      if (folder.inMemory()) {
        long headroom = place.environment().cgroup().headroomBytes();
        if (headroom >= 0 && headroom - HEADROOM_LEFT_BYTES < room) {
          room = Math.max(0, headroom - HEADROOM_LEFT_BYTES);
          what = " of the container's memory";
        }
      }
      if (room >= needed) {
        return folder;
      }
      tooSmall.add(folder.path() + " has " + (room / MIB) + " MiB" + what);
    }
    return null;
  }

  private DumpResult throughFile(
      CaptureContext context, Path file, Duration[] pause, ArtifactOutput out)
      throws IOException, InterruptedException {
    try (PauseMeter meter = PauseMeter.start(place.threads())) {
      try {
        commands.dumpHeap(file);
      } finally {
        pause[0] = meter.stop();
      }
    }
    out.log("heap: HotSpot wrote " + Files.size(file) + " bytes to " + file.getParent());
    long startedNanos = System.nanoTime();
    try (InputStream dump = Files.newInputStream(file)) {
      delete(file);
      return place.connected().getAsBoolean()
          ? toCollector(context, dump, startedNanos, pause[0], out)
          : toSpool(dump, startedNanos, pause[0], out);
    }
  }

  private DumpResult toCollector(
      CaptureContext context,
      InputStream dump,
      long startedNanos,
      Duration pause,
      ArtifactOutput out)
      throws IOException, InterruptedException {
    DirectTarget target =
        new DirectTarget(
            place.collector(),
            place.agent(),
            context.capture(),
            context.evidence(),
            HeapFilter.name(place.recipient()),
            HeapFilter.mediaType(place.recipient()));
    try (DirectUpload upload =
        DirectUpload.open(target, DirectUpload.Limits.STANDARD, place.threads())) {
      PassResult result =
          filter(place.recipient()).pass(dump, InputStream.nullInputStream(), upload.stream());
      Artifact artifact = upload.finish();
      HeapFilter.logDropped(result.stacksDropped(), out);
      out.arrived(artifact);
      return new DumpResult.Taken(facts(result, artifact.size(), startedNanos, pause));
    }
  }

  /** The spool itself encrypts if a recipient is configured. */
  private DumpResult toSpool(
      InputStream dump, long startedNanos, Duration pause, ArtifactOutput out)
      throws IOException, InterruptedException {
    try (Counted spooled =
        new Counted(out.create(HeapFilter.name(null), HeapFilter.mediaType(null)))) {
      PassResult result = filter(null).pass(dump, InputStream.nullInputStream(), spooled);
      HeapFilter.logDropped(result.stacksDropped(), out);
      return new DumpResult.Taken(facts(result, spooled.bytes, startedNanos, pause));
    }
  }

  private HeapFilter filter(@Nullable Recipient recipient) {
    return new HeapFilter(
        HeapFilter.content(place.config()),
        recipient,
        ReaderNeeds.classesMaxBytes(place.loadedClasses().getAsInt()),
        place.threads());
  }

  private HeapFacts facts(PassResult result, long storedBytes, long startedNanos, Duration pause) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    return new HeapFacts(
        HeapFacts.Path.FILE,
        HeapFilter.content(place.config()),
        pause.toMillis(),
        result.bytesIn(),
        storedBytes,
        result.bytesIn() * 1_000 / Math.max(1, millis));
  }

  /** HotSpot leaves the object part behind if it fails. */
  private static void delete(Path file) {
    for (Path path : List.of(file, file.resolveSibling(file.getFileName() + ".p0"))) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        log.warn("{} holds the heap and cannot be deleted: {}", path, e.toString());
      }
    }
  }

  private static final class Counted extends OutputStream {
    private final OutputStream out;
    private long bytes;

    Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
      bytes += length;
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
