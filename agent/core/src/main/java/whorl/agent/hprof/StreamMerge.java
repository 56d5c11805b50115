package whorl.agent.hprof;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import whorl.agent.hprof.format.Tags;
import whorl.agent.hprof.held.HoldBudget;

/**
 * Merges the streams into one dump, on the writing thread. The input shows the dump's form: a
 * segment on the main stream, or bytes on the other one.
 */
final class StreamMerge implements AutoCloseable {
  private final Content content;
  private final PassLimits limits;
  private final MainQueue queue;
  private final SegmentSource segment;
  private final RecordInput segmentInput;
  private final HoldBudget budget;
  private final Outlet outlet;
  private @Nullable PassState state;
  private @Nullable SegmentFilter filter;
  private byte @Nullable [] endRecord;
  private boolean twoStreams;

  StreamMerge(
      Content content,
      PassLimits limits,
      MainQueue queue,
      SegmentSource segment,
      RecordInput segmentInput,
      OutputStream out) {
    this.content = content;
    this.limits = limits;
    this.queue = queue;
    this.segment = segment;
    this.segmentInput = segmentInput;
    this.budget = new HoldBudget(limits.heldMaxBytes());
    this.outlet = new Outlet(out, budget);
  }

  void run() throws IOException, InterruptedException {
    long waitingSince = 0;
    while (endRecord == null) {
      MainPart part = queue.poll(1);
      if (part instanceof MainPart.OneStream single) {
        oneStream(started(), single.in());
        return;
      }
      if (part != null) {
        take(part);
      } else if (segment.isReady()) {
        PassState now = state;
        if (now != null && now.top().traceSeen()) {
          break;
        }
        waitingSince = waitingSince == 0 ? System.nanoTime() : waitingSince;
        refuseAfter(waitingSince);
      }
    }
    segments(started());
  }

  /**
   * HotSpot holds back up to 1 MiB of its main stream while it writes segments. After the first
   * stack, all names and classes have arrived; nothing can be passed on before.
   */
  private void refuseAfter(long waitingSince) throws IOException {
    if (System.nanoTime() - waitingSince > TimeUnit.MILLISECONDS.toNanos(limits.patienceMillis())) {
      throw new IOException(
          "heap dump: segments came, but of the main stream no stack within "
              + limits.patienceMillis()
              + " ms: HotSpot holds names and classes back in its buffer; have more or deeper"
              + " stacks in the dump");
    }
  }

  private void take(MainPart part) throws IOException {
    if (part instanceof MainPart.Head head) {
      PassState now = PassState.of(content, head.head(), outlet, budget);
      state = now;
      if (content == Content.FULL) {
        outlet.open(head.head(), now.names());
      }
    } else if (part instanceof MainPart.Records records) {
      started().top().accept(records.bytes(), 0, records.bytes().length);
    } else if (part instanceof MainPart.End end) {
      endRecord = end.record();
    } else if (part instanceof MainPart.Failed failed) {
      throw failed.failure();
    } else {
      throw new RefusedDumpException(
          "heap dump: segments on the main stream after some on the segment stream");
    }
  }

  /** The head is the first part, so there is a state for all other parts. */
  private PassState started() {
    PassState now = state;
    if (now == null) {
      throw new IllegalStateException("no head");
    }
    return now;
  }

  private void oneStream(PassState now, RecordInput in) throws IOException {
    SegmentFilter passing = new SegmentFilter(now, in);
    filter = passing;
    now.top().segmentsBegin();
    while (true) {
      in.need(Tags.RECORD_HEAD_BYTES);
      int tag = in.bytes[in.at] & 0xFF;
      if (tag == Tags.HEAP_DUMP_SEGMENT || tag == Tags.HEAP_DUMP) {
        passing.pass();
      } else if (tag == Tags.HEAP_DUMP_END) {
        byte[] end = MainReader.end(in);
        if (segment.isReady()) {
          throw new RefusedDumpException("heap dump: segments on both streams");
        }
        finish(now, end);
        return;
      } else {
        int bytes = MainReader.record(in, now.head().idBytes());
        now.top().accept(in.bytes, in.at, in.at + bytes);
        in.at += bytes;
        in.drop();
      }
      if (Thread.interrupted()) {
        throw new InterruptedIOException("heap dump: interrupted");
      }
    }
  }

  /** Also takes parts of the main stream meanwhile, so that HotSpot does not block. */
  private void segments(PassState now) throws IOException, InterruptedException {
    SegmentFilter passing = new SegmentFilter(now, segmentInput);
    filter = passing;
    int idle = 0;
    while (true) {
      for (MainPart part = queue.poll(0); part != null; part = queue.poll(0)) {
        take(part);
      }
      byte[] end = endRecord;
      if (segmentInput.end > segmentInput.at || segment.isReady()) {
        twoStreams = true;
        now.top().segmentsBegin();
        passing.pass();
        idle = 0;
      } else if (end != null) {
        // the end was there before this stream was seen to be empty, and comes after all segments
        finish(now, end);
        return;
      } else {
        SegmentSource.pause(idle++);
      }
    }
  }

  private void finish(PassState now, byte[] end) throws IOException {
    if (!outlet.isOpen()) {
      outlet.open(now.head(), now.names());
    }
    now.top().finish();
    outlet.write(end, 0, end.length);
  }

  PassResult result(long bytesIn) {
    PassState now = started();
    SegmentFilter passed = filter;
    if (passed == null) {
      throw new IllegalStateException("not run");
    }
    return new PassResult(
        bytesIn,
        outlet.bytesOut(),
        twoStreams,
        passed.classes(),
        passed.instances(),
        passed.objectArrays(),
        passed.primitiveArrays(),
        now.top().symbols(),
        content.isRedacted() ? now.names().dropped() : 0,
        now.padding().framesDropped(),
        now.top().stacksDropped(),
        passed.instancesBlanked(),
        budget.peakBytes());
  }

  @Override
  public void close() {
    outlet.close();
    PassState now = state;
    if (now != null) {
      now.close();
    }
  }
}
