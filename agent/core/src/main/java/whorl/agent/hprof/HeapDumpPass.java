package whorl.agent.hprof;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Passes a heap dump on while HotSpot writes it: the single stream of JDK 17 and 21, or the two
 * streams of 22 and later, merged into one valid HPROF, with or without contents. Memory grows with
 * the number of classes and symbols, never with the heap, and is bounded.
 *
 * <p>Every record is parsed, and anything invalid is refused: unknown tags, lengths that exceed the
 * enclosing record, a stream that ends early. Contents are zeroed before they are passed on, so
 * that a dump that is refused half-way leaves none behind.
 *
 * <p>The source is HotSpot's {@code heapDumper.cpp}, {@code VM_HeapDumper::work}. It writes both
 * streams from one thread, so the main stream is read on a thread of its own, independently of the
 * other one.
 */
public final class HeapDumpPass {
  private static final int MAIN_RECORD_MAX_BYTES = 4 << 20;

  private final Content content;
  private final PassLimits limits;
  private final ThreadFactory threads;
  private volatile @Nullable RecordInput mainInput;
  private volatile @Nullable RecordInput segmentInput;

  /**
   * @param threads creates the thread that reads the main stream; it should be a daemon, because it
   *     may stay in a read until its stream is closed or ends
   */
  public HeapDumpPass(Content content, PassLimits limits, ThreadFactory threads) {
    this.content = content;
    this.limits = limits;
    this.threads = threads;
  }

  /**
   * Passes one dump on, up to its end record; callable once per object. It closes none of the
   * streams. If it fails, the caller closes both inputs, so that HotSpot gives up.
   *
   * <p>It waits without limit for a dump that has not begun, and for a HotSpot that writes nothing.
   * Interrupting the thread ends the wait, except while a single stream is read or the output
   * blocks.
   *
   * @param main need not end after the end record
   * @param segment empty if there is one stream; its {@code available()} must work, as that of a
   *     {@code FileInputStream} of a pipe does
   * @throws RefusedDumpException if the dump is invalid
   * @throws IOException if a stream fails, or the limit for held memory is reached
   */
  public PassResult run(InputStream main, InputStream segment, OutputStream out)
      throws IOException, InterruptedException {
    if (mainInput != null) {
      throw new IllegalStateException("a pass runs once");
    }
    MainQueue queue = new MainQueue(limits.lateMaxBytes());
    SegmentSource source = new SegmentSource(segment, queue, limits.patienceMillis());
    RecordInput mains =
        new RecordInput("main", main::read, limits.bufferBytes(), MAIN_RECORD_MAX_BYTES);
    RecordInput segments =
        new RecordInput("segment", source, limits.bufferBytes(), limits.bufferBytes());
    mainInput = mains;
    segmentInput = segments;
    Thread reader = threads.newThread(new MainReader(mains, queue));
    reader.start();
    try (StreamMerge streamMerge = new StreamMerge(content, limits, queue, source, segments, out)) {
      streamMerge.run();
      out.flush();
      return streamMerge.result(bytesIn());
    } catch (InterruptedIOException e) {
      InterruptedException interrupted = new InterruptedException(e.getMessage());
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      reader.interrupt();
    }
  }

  /** Bytes read so far, from both streams. Any thread may call this. */
  public long bytesIn() {
    RecordInput mains = mainInput;
    RecordInput segments = segmentInput;
    return (mains == null ? 0 : mains.bytesIn()) + (segments == null ? 0 : segments.bytesIn());
  }
}
