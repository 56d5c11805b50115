package whorl.agent.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import whorl.evidence.Text;

/**
 * The agent's warnings and errors, for {@code acquisition.log} and the agent's status, in a bounded
 * ring; the agent logs nowhere else. Repeats of the same message of the same logger share one line
 * with the last text and a count. Any thread may write and read. Writing never waits, since the
 * application's threads write too.
 */
public final class AgentLog {
  static final int MAX_LINES = 256;
  static final int MAX_MESSAGE_CHARS = 1_000;
  static final int MAX_CAUSE_CHARS = 2_000;
  private static final int MAX_CAUSES = 64;

  /** Static, because SLF4J constructs its provider itself and gives no access to it. */
  private static final AgentLog SHARED = new AgentLog(InstantSource.system());

  private final InstantSource clock;

  /** Written and not yet merged into the lines. */
  private final Queue<Entry> written = new ConcurrentLinkedQueue<>();

  private final AtomicInteger writtenCount = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. */
  private final Map<Key, Line> lines = new LinkedHashMap<>();

  AgentLog(InstantSource clock) {
    this.clock = clock;
  }

  /** The ring of all loggers in this class loader. */
  public static AgentLog shared() {
    return SHARED;
  }

  /**
   * One message.
   *
   * @param time of the last occurrence
   * @param times number of occurrences
   */
  public record Line(Instant time, Level level, String logger, String message, long times) {
    @Override
    public String toString() {
      String repeated = times > 1 ? " (" + times + " times, last shown)" : "";
      return time + " " + level + " " + logger + ": " + message + repeated;
    }
  }

  /** The lines, in the order of their first occurrence. */
  public List<Line> lines() {
    lock.lock();
    try {
      merge();
      return new ArrayList<>(lines.values());
    } finally {
      lock.unlock();
    }
  }

  /** Number of lines that were dropped for newer ones, or did not fit in memory. */
  public long droppedLines() {
    return dropped.get();
  }

  /** Counts a message for which there was no memory. */
  void countLost() {
    dropped.incrementAndGet();
  }

  /**
   * Adds a message.
   *
   * @param pattern the message before its arguments, which identifies repeats
   */
  void add(Level level, String logger, String pattern, String message, @Nullable Throwable cause) {
    String text = cause == null ? shown(message) : shown(message) + "\n" + shown(cause);
    if (writtenCount.incrementAndGet() > MAX_LINES) {
      writtenCount.decrementAndGet();
      dropped.incrementAndGet();
      return;
    }
    written.add(
        new Entry(new Key(logger, pattern), new Line(clock.instant(), level, logger, text, 1)));
    if (lock.tryLock()) { // otherwise the thread that holds it or the next one merges
      try {
        merge();
      } finally {
        lock.unlock();
      }
    }
  }

  private void merge() {
    for (Entry next = written.poll(); next != null; next = written.poll()) {
      writtenCount.decrementAndGet();
      Line line = next.line();
      Line old = lines.get(next.key());
      long times = old == null ? 1 : old.times() + 1;
      lines.put(
          next.key(), new Line(line.time(), line.level(), line.logger(), line.message(), times));
      if (lines.size() > MAX_LINES) {
        Iterator<Key> oldest = lines.keySet().iterator();
        oldest.next();
        oldest.remove();
        dropped.incrementAndGet();
      }
    }
  }

  private record Entry(Key key, Line line) {}

  private record Key(String logger, String pattern) {}

  private static String shown(String message) {
    StringBuilder shown = new StringBuilder(Math.min(message.length(), MAX_MESSAGE_CHARS));
    for (int i = 0; i < message.length() && i < MAX_MESSAGE_CHARS; i++) {
      char c = message.charAt(i);
      shown.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return message.length() > MAX_MESSAGE_CHARS ? shown.append('…').toString() : shown.toString();
  }

  private static String shown(Throwable cause) {
    if (!isPlain(cause)) {
      return cause.getClass().getName();
    }
    StringWriter text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text));
    return Text.atMost(text.toString().strip(), MAX_CAUSE_CHARS + 1);
  }

  /**
   * True if it, its causes and what they suppressed are of classes of the JDK or of the agent.
   * Another class may be the application's, whose methods must not run on a thread of the agent.
   */
  private static boolean isPlain(Throwable thrown) {
    Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> waiting = new ArrayDeque<>();
    waiting.add(thrown);
    while (!waiting.isEmpty()) {
      Throwable next = waiting.remove();
      Module module = next.getClass().getModule();
      if (module != AgentLog.class.getModule() && module != Object.class.getModule()
          || waiting.size() > MAX_CAUSES) {
        return false;
      }
      if (known.add(next)) {
        Collections.addAll(waiting, next.getSuppressed());
        Throwable cause = next.getCause();
        if (cause != null) {
          waiting.add(cause);
        }
      }
    }
    return true;
  }
}
