package whorl.agent.heap;

import java.io.IOException;
import java.time.Duration;
import whorl.agent.attach.AttachSocket;
import whorl.agent.capture.ArtifactOutput;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.config.AgentConfig;
import whorl.evidence.HeapFacts;
import whorl.evidence.channel.ArtifactKind;

/**
 * A snapshot of the heap, {@code heap.hprof.gz}: as a stream if possible, else over a file if there
 * is space for one, else only the class histogram. All attempts together pause the application no
 * longer than {@code heap.pause-limit}. Captures run one after the other, so there is never more
 * than one dump.
 */
public final class HeapSource implements ArtifactSource {
  private static final Duration BESIDE_THE_PAUSE = Duration.ofMinutes(15);

  private final AgentConfig.Heap config;
  private final String artifact;
  private final PipeHeapDump stream;
  private final FileHeapDump file;
  private final ArtifactSource histogram;

  /**
   * @param histogram the source to use if no snapshot is possible
   */
  public HeapSource(HeapPlace place, ArtifactSource histogram) {
    this.config = place.config();
    this.artifact = HeapFilter.name(place.recipient()).value();
    this.stream = new PipeHeapDump(place, AttachSocket.ofThisJvm());
    this.file = new FileHeapDump(place);
    this.histogram = histogram;
    file.sweep();
  }

  @Override
  public String kind() {
    return ArtifactKind.HEAP;
  }

  @Override
  public Moment moment(CaptureContext context) {
    // The objects that filled the memory are soon released.
    return context.outOfMemory() ? Moment.WHEN_ALLOWED : Moment.AFTER;
  }

  @Override
  public Duration deadline() {
    return config.pauseLimit().plus(BESIDE_THE_PAUSE);
  }

  @Override
  public void collect(CaptureContext context, ArtifactOutput out)
      throws IOException, InterruptedException {
    if (config.mode() == AgentConfig.HeapMode.OFF) {
      out.missing(artifact, "heap=off in this agent's settings");
      return;
    }
    DumpResult streamed = stream.take(context, config.pauseLimit(), out);
    if (streamed instanceof DumpResult.Failed noStream) {
      out.log("heap: not streamed: " + noStream.reason());
      Duration rest = config.pauseLimit().minus(noStream.spent());
      Duration left = rest.isNegative() ? Duration.ZERO : rest;
      DumpResult written = file.take(context, left, out);
      if (written instanceof DumpResult.Failed noFile) {
        out.log("heap: not over a file: " + noFile.reason());
        out.missing(
            artifact,
            "not streamed: "
                + noStream.reason()
                + "; not over a file: "
                + noFile.reason()
                + "; the class histogram is there instead");
        if (!context.kinds().contains(ArtifactKind.HISTOGRAM)) {
          histogram.collect(context, out);
        }
      } else if (written instanceof DumpResult.Taken taken) {
        report(taken.facts(), out);
      }
    } else if (streamed instanceof DumpResult.Taken taken) {
      report(taken.facts(), out);
    }
  }

  private void report(HeapFacts facts, ArtifactOutput out) {
    out.heap(facts);
    out.log(
        artifact
            + ": "
            + facts.path()
            + ", "
            + facts.content()
            + "; the application stood still for "
            + facts.pauseMillis()
            + " ms; "
            + facts.dumpBytes()
            + " bytes dumped, "
            + facts.storedBytes()
            + " stored, "
            + facts.bytesPerSecond()
            + " a second");
  }
}
