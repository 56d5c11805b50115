package whorl.agent.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What went wrong in the agent, for {@code acquisition.log} and the agent's status: a bounded ring
 * of warnings and errors, and the only place where the agent logs. The same message of the same
 * logger takes one line, however often it comes; its last text and the number of times are kept.
 * Any thread may write and read.
 */
public final class AgentLog {
  static final int MAX_LINES = 256;
  static final int MAX_MESSAGE_CHARS = 1_000;
  static final int MAX_CAUSE_CHARS = 2_000;

  /** SLF4J makes its provider itself, out of our reach: the ring has to be found by name. */
  private static final AgentLog SHARED = new AgentLog(InstantSource.system());

  private final InstantSource clock;
  private final Map<Key, Line> lines = new LinkedHashMap<>();
  private final AtomicLong dropped = new AtomicLong();

  AgentLog(InstantSource clock) {
    this.clock = clock;
  }

  /** The ring that every logger of this class loader writes to. */
  public static AgentLog shared() {
    return SHARED;
  }

  /**
   * One message.
   *
   * @param time when it came last
   * @param times how often it came
   */
  public record Line(Instant time, Level level, String logger, String message, long times) {
    @Override
    public String toString() {
      String repeated = times > 1 ? " (" + times + " times, last shown)" : "";
      return time + " " + level + " " + logger + ": " + message + repeated;
    }
  }

  /** The lines, that of the oldest first message first. */
  public synchronized List<Line> lines() {
    return new ArrayList<>(lines.values());
  }

  /** How many lines had to go for newer ones, or had no room in memory. */
  public long droppedLines() {
    return dropped.get();
  }

  /** There was no memory for a message. */
  void lost() {
    dropped.incrementAndGet();
  }

  /**
   * Takes a message.
   *
   * @param pattern the message before its arguments, by which repeats are known
   */
  void add(Level level, String logger, String pattern, String message, @Nullable Throwable cause) {
    String text = cause == null ? shown(message) : shown(message) + "\n" + shown(cause);
    Instant now = clock.instant();
    synchronized (this) {
      lines.merge(
          new Key(logger, pattern),
          new Line(now, level, logger, text, 1),
          (old, line) -> new Line(now, level, logger, text, old.times() + 1));
      if (lines.size() > MAX_LINES) {
        Iterator<Key> oldest = lines.keySet().iterator();
        oldest.next();
        oldest.remove();
        dropped.incrementAndGet();
      }
    }
  }

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
    StringWriter text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text));
    String whole = text.toString().strip();
    return whole.length() > MAX_CAUSE_CHARS ? whole.substring(0, MAX_CAUSE_CHARS) + "…" : whole;
  }
}
