package whorl.agent.heap;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.attach.AttachSocket;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.CaptureContext;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.WritableFolder;
import whorl.agent.ship.tus.Chunk;
import whorl.agent.ship.tus.DirectTarget;
import whorl.evidence.Artifact;
import whorl.evidence.HeapFacts;

/** A dump through two pipes to a reader and from there to the collector, without a file. */
final class PipeHeapDump {
  private static final Logger log = LoggerFactory.getLogger(PipeHeapDump.class);
  private static final Duration READY_LIMIT = Duration.ofSeconds(20);
  private static final String REMEDY =
      "raise heap.pause-limit, or ask with force, and the dump is given up at the limit";
  private static final Duration REST_LIMIT = Duration.ofSeconds(60);

  private final HeapPlace place;
  private final AttachSocket attach;

  PipeHeapDump(HeapPlace place, AttachSocket attach) {
    this.place = place;
    this.attach = attach;
  }

  /**
   * @param budget the longest pause of the application
   */
  DumpResult take(CaptureContext context, Duration budget, ArtifactOutput out)
      throws InterruptedException {
    long classesMaxBytes = ReaderNeeds.classesMaxBytes(place.loadedClasses().getAsInt());
    String hindrance = hindrance(classesMaxBytes);
    if (hindrance != null) {
      return new DumpResult.Failed(hindrance);
    }
    DirectTarget target = target(context);
    Dump dump = new Dump(budget, target);
    try {
      return dump.take(context, classesMaxBytes, out);
    } catch (IOException | RuntimeException | LinkageError e) {
      log.debug("the heap cannot be streamed", e);
      return new DumpResult.Failed(HeapReader.reason(e), dump.dumped);
    }
  }

  /** Why a stream is impossible, checked before the start; null if it is possible. */
  private @Nullable String hindrance(long classesMaxBytes) {
    if (!Files.isExecutable(place.java())) {
      return "there is no " + place.java() + " to read the dump with";
    }
    String unusable = attach.unusable();
    if (unusable != null) {
      return unusable;
    }
    if (!place.connected().getAsBoolean()) {
      return "there is no connection to a collector";
    }
    long headroom = place.environment().cgroup().headroomBytes();
    long needed = neededBytes(classesMaxBytes, Chunk.SMALL_BYTES);
    if (headroom >= 0 && headroom < needed) {
      return "the container has "
          + (headroom >> 20)
          + " MiB of memory left, the reader needs "
          + (needed >> 20)
          + "; raise the memory limit";
    }
    return null;
  }

  /**
   * Large chunks if the container has the memory for them; they are faster into an object store.
   */
  private int chunkMaxBytes(long classesMaxBytes) {
    long headroom = place.environment().cgroup().headroomBytes();
    long needed = neededBytes(classesMaxBytes, Chunk.PART_BYTES);
    return headroom >= 0 && headroom < needed ? Chunk.SMALL_BYTES : Chunk.PART_BYTES;
  }

  private long neededBytes(long classesMaxBytes, int chunkMaxBytes) {
    return ReaderNeeds.headroomBytes(classesMaxBytes, chunkMaxBytes, usesTls())
        + ReaderJar.memoryBytes(place.jar(), place.environment().writableFolders());
  }

  private boolean usesTls() {
    URI url = place.collector().url();
    return url != null && "https".equals(url.getScheme());
  }

  private DirectTarget target(CaptureContext context) {
    return new DirectTarget(
        place.collector(),
        place.agent(),
        context.capture(),
        context.evidence(),
        HeapFilter.name(place.recipient()),
        HeapFilter.mediaType(place.recipient()));
  }

  private WritableFolder folder() throws IOException {
    List<WritableFolder> folders = place.environment().writableFolders();
    if (folders.isEmpty()) {
      throw new IOException("no writable folder for the names of the pipes");
    }
    return folders.get(0);
  }

  /** One dump. */
  private final class Dump {
    private final Duration budget;
    private final DirectTarget target;
    private Duration pause = Duration.ZERO;
    private Duration dumped = Duration.ZERO;

    Dump(Duration budget, DirectTarget target) {
      this.budget = budget;
      this.target = target;
    }

    DumpResult take(CaptureContext context, long classesMaxBytes, ArtifactOutput out)
        throws IOException, InterruptedException {
      HeapFacts.Content content = HeapFilter.content(place.config());
      Path writable = folder().path();
      try (DumpPipes pipes = DumpPipes.open(writable, place.opener());
          ReaderJar jar = ReaderJar.of(place.jar(), writable);
          ReaderProcess reader =
              ReaderProcess.start(
                  place.java(), jar.path(), order(pipes, classesMaxBytes), place.threads())) {
        long rate = reader.awaitReady(READY_LIMIT);
        PauseEstimate estimate = PauseEstimate.streamed(place.heapUsedBytes(), content, rate);
        String tooLong = estimate.over(budget, REMEDY);
        if (tooLong != null && !context.force()) {
          return new DumpResult.Failed(tooLong);
        }
        out.log(
            "heap: the collector takes "
                + (rate >> 10)
                + " KiB/s, so the application will stand still for about "
                + estimate.pause().toMillis()
                + " ms");
        pipes.handOver(reader.pid());
        String answer = dump(pipes, reader);
        pipes.closeSinks();
        return arrived(reader, answer, content, out);
      }
    }

    /** The part during which the application is paused. */
    private String dump(DumpPipes pipes, ReaderProcess reader)
        throws IOException, InterruptedException {
      try (PaddingThreads paddingThreads = PaddingThreads.begin();
          PauseMeter meter = PauseMeter.start(place.threads())) {
        long goneNanos = System.nanoTime();
        reader.go();
        try {
          return attach.run("GC.heap_dump -overwrite -all " + pipes.dump());
        } finally {
          dumped = Duration.ofNanos(System.nanoTime() - goneNanos);
          pause = meter.stop();
        }
      }
    }

    private DumpResult arrived(
        ReaderProcess reader, String answer, HeapFacts.Content content, ArtifactOutput out)
        throws IOException, InterruptedException {
      out.log("heap: HotSpot says: " + answer);
      ReaderProcess.Done done;
      try {
        done = reader.awaitDone(REST_LIMIT);
      } catch (IOException e) {
        return new DumpResult.Failed(HeapReader.reason(e) + "; HotSpot says: " + answer, dumped);
      }
      HeapFilter.logDropped(done.stacksDropped(), out);
      out.arrived(new Artifact(target.name(), done.size(), done.sha256(), target.mediaType()));
      return new DumpResult.Taken(
          new HeapFacts(
              HeapFacts.Path.STREAM,
              content,
              pause.toMillis(),
              done.dumpBytes(),
              done.size(),
              done.dumpBytes() * 1_000 / Math.max(1, done.millis())));
    }

    private ReaderOrder order(DumpPipes pipes, long classesMaxBytes) {
      Recipient recipient = place.recipient();
      return new ReaderOrder(
          ProcessHandle.current().pid(),
          pipes.mainSource(),
          pipes.segmentSource(),
          HeapFilter.content(place.config()),
          recipient == null ? null : recipient.text(),
          budget,
          classesMaxBytes,
          chunkMaxBytes(classesMaxBytes),
          ReaderOrder.trustProperties(),
          target);
    }
  }
}
