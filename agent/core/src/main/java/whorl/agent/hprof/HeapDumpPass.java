package whorl.agent.hprof;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Passes a heap dump on while HotSpot writes it: the one stream that JDK 17 and 21 write, or the
 * two of 22 and later, made into one valid HPROF, with its contents or without. Memory grows with
 * the number of classes and symbols, never with the heap, and is bounded.
 *
 * <p>Every record is walked, and what is not understood is refused: unknown tags, lengths that
 * reach beyond what they are in, a stream that ends early. Contents are zeroed before they are
 * passed on, so that a dump that is refused half-way leaves none behind.
 *
 * <p>The source of all this is HotSpot's {@code heapDumper.cpp}, {@code VM_HeapDumper::work}. It
 * writes both streams from one thread, so that the main stream is read on a thread of its own,
 * whatever the other is doing.
 */
public final class HeapDumpPass {
  /** How the internal names of the classes begin whose frames are left out of the dump. */
  public static final String PADDING_CLASS_PREFIX = PaddingFrames.CLASS_PREFIX;

  private static final int MAIN_RECORD_MAX_BYTES = 4 << 20;

  private final Content content;
  private final PassLimits limits;
  private final ThreadFactory threads;
  private volatile @Nullable RecordInput mainInput;
  private volatile @Nullable RecordInput segmentInput;

  /**
   * @param threads for the one that reads the main stream; it should make daemons, for such a
   *     thread may stay in a read until its stream is closed or ends
   */
  public HeapDumpPass(Content content, PassLimits limits, ThreadFactory threads) {
    this.content = content;
    this.limits = limits;
    this.threads = threads;
  }

  /**
   * Passes one dump on, up to its end record; once for each object. It closes none of the streams.
   * When it fails, the caller closes both inputs, so that HotSpot gives up.
   *
   * <p>It waits without limit for a dump that has not begun, and for a HotSpot that writes nothing:
   * interrupting the thread ends that, except while one stream alone is read or the output blocks.
   *
   * @param main need not come to an end after the end record
   * @param segment empty where there is one stream; it must tell what is {@code available()}, as a
   *     {@code FileInputStream} of a pipe does
   * @throws RefusedDumpException when the dump is not understood
   * @throws IOException when a stream fails, or the bound for held memory is reached
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

  /** Bytes read so far, from both streams. For any thread. */
  public long bytesIn() {
    RecordInput mains = mainInput;
    RecordInput segments = segmentInput;
    return (mains == null ? 0 : mains.bytesIn()) + (segments == null ? 0 : segments.bytesIn());
  }
}
