package whorl.agent.hook.console;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.console;
import static whorl.agent.hook.weave.Operand.argument;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.MemoryBudget;
import whorl.agent.console.ConsoleCharset;
import whorl.agent.console.ConsoleLines;
import whorl.agent.console.ConsoleRing;
import whorl.agent.console.ConsoleWrite;
import whorl.agent.event.EventSink;
import whorl.agent.event.ProcessReports;
import whorl.agent.event.time.RateLimit;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.Operand;
import whorl.agent.hook.weave.ThreadState;

/**
 * Output to standard output and error, observed at the last Java method that it passes: {@code
 * System.out}, loggers that kept the original stream, streams and channels on {@code
 * FileDescriptor.out}. Redirected output does not pass here. All output goes into the ring. Once
 * there is a mask for secrets, lines also become events, up to a rate.
 */
public final class ConsoleHook implements Hook {
  /** Limit of one write; the smallest ring still holds several. */
  private static final int WRITE_MAX_BYTES =
      (int) Math.min(256 << 10, MemoryBudget.OF_THIS_JVM.consoleBytes() / 4);

  private static final int BYTE_WRITTEN = 0;
  private static final int ARRAY_WRITTEN = 1;
  private static final int RANGE_WRITTEN = 2;
  private static final int BUFFER_WRITTEN = 3;
  private static final int EVENTS_PER_SECOND = 100;
  private static final String DASHES = "-----";
  private static final Operand FD = new Operand.SelfField("fd", "Ljava/io/FileDescriptor;");

  private final EventSink sink;
  private final ConsoleRing ring = new ConsoleRing(MemoryBudget.OF_THIS_JVM.consoleBytes());
  private final RateLimit events = new RateLimit(EVENTS_PER_SECOND);
  private final LongAdder unfinished = new LongAdder();
  private volatile @Nullable Emission emission;

  /** Masks the secrets in lines; runs on the application's threads. */
  @FunctionalInterface
  public interface Mask {
    /**
     * Masks the next line of a writer.
     *
     * @param writer identifies one thread and one of the two streams
     */
    String line(int writer, String text);
  }

  private record Emission(Mask mask, Charset charset, OpenLines open) {}

  public ConsoleHook(EventSink sink) {
    this.sink = sink;
  }

  /** The recorded output. */
  public ConsoleRing ring() {
    return ring;
  }

  /** From now on lines become events. */
  public void emit(Mask mask) {
    emission = new Emission(mask, ConsoleCharset.ofThisJvm(), new OpenLines());
  }

  @Override
  public Map<String, Long> losses() {
    Map<String, Long> losses = new HashMap<>(ring.losses());
    losses.put("console.eventsLimited", events.refused());
    losses.put("console.eventsUnfinished", unfinished.sum());
    return losses;
  }

  @Override
  public String group() {
    return "console";
  }

  @Override
  public List<HookPoint> joinPoints() {
    String stream = "java/io/FileOutputStream";
    return List.of(
        point(BYTE_WRITTEN, console(stream, "write", "(I)", FD, argument(0))),
        point(ARRAY_WRITTEN, console(stream, "write", "([B)", FD, argument(0))),
        point(
            RANGE_WRITTEN,
            console(stream, "write", "([BII)", FD, argument(0), argument(1), argument(2))),
        point(
            BUFFER_WRITTEN,
            console(
                "sun/nio/ch/FileChannelImpl",
                "write",
                "(Ljava/nio/ByteBuffer;)I",
                FD,
                argument(0))));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    boolean err = Boolean.TRUE.equals(values[0]);
    switch (at) {
      case BYTE_WRITTEN -> written(err, new byte[] {(byte) number(values[1])}, 0, 1);
      case ARRAY_WRITTEN -> {
        if (values[1] instanceof byte[] bytes) {
          written(err, bytes, 0, bytes.length);
        }
      }
      case RANGE_WRITTEN -> {
        if (values[1] instanceof byte[] bytes) {
          written(err, bytes, number(values[2]), number(values[3]));
        }
      }
      case BUFFER_WRITTEN -> {
        if (values[1] instanceof ByteBuffer buffer) {
          written(err, buffer.duplicate());
        }
      }
      default -> throw HookPoint.unknown(at);
    }
  }

  private void written(boolean err, ByteBuffer buffer) {
    int length = buffer.remaining();
    byte[] copy = new byte[Math.min(length, WRITE_MAX_BYTES)];
    boolean endsLine = length > 0 && buffer.get(buffer.limit() - 1) == '\n';
    buffer.get(copy);
    keep(err, ByteBuffer.wrap(copy), length - copy.length, endsLine);
  }

  private void written(boolean err, byte[] bytes, int offset, int length) {
    if (offset < 0 || length <= 0 || length > bytes.length - offset) {
      return; // the stream refuses it too
    }
    int kept = Math.min(length, WRITE_MAX_BYTES);
    boolean endsLine = bytes[offset + length - 1] == '\n';
    keep(err, ByteBuffer.wrap(bytes, offset, kept), length - kept, endsLine);
  }

  /**
   * @param text backed by an array
   */
  private void keep(boolean err, ByteBuffer text, long leftOut, boolean endsLine) {
    Thread thread = Thread.currentThread();
    int identity = System.identityHashCode(thread);
    String name = thread.getName();
    byte[] bytes = text.array();
    int from = text.position();
    int to = text.limit();
    ring.add(
        new ConsoleWrite.Writer(
            err, name.isEmpty() ? "#" + Integer.toHexString(identity) : name, identity),
        sink.epochNanos(),
        text,
        leftOut,
        endsLine);
    Emission emitting = emission;
    if (emitting != null) {
      lines(err, bytes, from, to, identity, emitting);
      if (leftOut > 0 && endsLine) {
        emitting.open.take(identity, err);
      } else if (leftOut > 0) {
        emitting.open.markLost(identity, err);
      }
    }
  }

  private void lines(boolean err, byte[] bytes, int from, int to, int thread, Emission emitting) {
    byte[] before = emitting.open.take(thread, err);
    // One char per byte: the JDK methods that search it are already compiled.
    String searched = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    int start = from;
    for (int at = searched.indexOf('\n'); at >= 0; at = searched.indexOf('\n', at + 1)) {
      if (before == null) { // its lost beginning may hold the name of a secret
        unfinished.increment();
      } else {
        line(err, OpenLines.joined(before, bytes, start, from + at), thread, emitting);
      }
      before = OpenLines.NOTHING;
      start = from + at + 1;
    }
    if (before == null) {
      emitting.open.markLost(thread, err);
    } else if (start < to || before.length > 0) {
      emitting.open.put(thread, err, before, bytes, start, to);
    }
  }

  private void line(boolean err, byte[] line, int thread, Emission emitting) {
    boolean admitted = events.admits(sink.epochNanos());
    // The mask must see a key's first line, even if it becomes no event.
    if (admitted || new String(line, StandardCharsets.ISO_8859_1).contains(DASHES)) {
      String text = ConsoleLines.text(line, line.length, emitting.charset);
      if (line.length >= OpenLines.MAX_BYTES) {
        text = text.concat("…"); // shows the mask that a secret may be cut
      }
      String shown = emitting.mask.line(err ? ~thread : thread, text);
      if (admitted && !text.isBlank()) {
        ProcessReports.printed(sink, err ? "err" : "out", shown);
      }
    }
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? number : -1;
  }
}
