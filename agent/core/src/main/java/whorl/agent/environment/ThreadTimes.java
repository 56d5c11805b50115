package whorl.agent.environment;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Processor time of the agent's threads and of JFR's, each apart, from {@code
 * /proc/self/task/TID/stat} (proc_pid_stat(5)). Threads are told by their names, which the kernel
 * cuts at 15 characters: {@code whorl-…} and {@code JFR …}. One that is renamed stays what it was.
 *
 * <p>The sums never go back: what was seen of a thread that has ended stays in them. What it used
 * after the last look is in none, unless it says that it {@link #addEndingThread}. Threads that were found to
 * be others' are looked at again at every sixth look only, since an application may have thousands.
 * One thread's at a time.
 */
public final class ThreadTimes {
  /** What Linux counts in for programs ({@code USER_HZ}), wherever there is a JDK. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int LOOKS_PER_WHOLE_LOOK = 6;

  /** In one look; of more threads the oldest are looked at. */
  private static final int MAX_THREADS = 4_096;

  /** The longest line has 52 numbers of at most 20 digits. */
  private static final int LINE_BYTES = 1_200;

  /** Positions after the name, counted from 0: fields 14, 15 and 22 of the manual page. */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;
  private static final int START_TICKS = 19;

  private final File tasks;
  private final File self;
  private Map<String, Seen> known = new HashMap<>();
  private int[] others = {};
  private int looks;
  private long ownTicks;
  private long jfrTicks;

  /**
   * @param root {@code /}, or another root in tests
   */
  public ThreadTimes(Path root) {
    tasks = root.resolve("proc/self/task").toFile();
    self = root.resolve("proc/thread-self/stat").toFile();
  }

  /**
   * What was used so far, in seconds of processor time.
   *
   * @param own by the agent's threads
   * @param jfr by JFR's
   */
  public record Used(double own, double jfr) {}

  private enum Whose {
    OWN,
    JFR,
    OTHERS
  }

  /**
   * A thread as it was at one look.
   *
   * @param start in ticks since the machine's, which tells a thread from one that had its number
   */
  private record Seen(Whose whose, long start, long ticks) {}

  /** Looks; null where the threads cannot be read. */
  public @Nullable Used sample() {
    String[] threads = tasks.list();
    if (threads == null) {
      return null;
    }
    int[] before = looks++ % LOOKS_PER_WHOLE_LOOK == 0 ? new int[0] : others;
    int looked = Math.min(threads.length, MAX_THREADS);
    Map<String, Seen> found = new HashMap<>();
    int[] foreign = new int[looked];
    int count = 0;
    boolean readable = before.length > 0;
    for (int i = 0; i < looked; i++) {
      String thread = threads[i];
      int number = number(thread);
      if (Arrays.binarySearch(before, number) >= 0) {
        foreign[count++] = number;
        continue;
      }
      Seen last = known.get(thread);
      Seen now = parse(line(new File(tasks, thread + "/stat")), last);
      readable |= now != null;
      if (now != null && now.whose == Whose.OTHERS) {
        foreign[count++] = number;
      } else if (now != null) {
        add(now, last);
        found.put(thread, now);
      } else if (last != null) {
        found.put(thread, last);
      }
    }
    known = found;
    others = Arrays.copyOf(foreign, count);
    Arrays.sort(others);
    return readable ? new Used(ownTicks / TICKS_PER_SECOND, jfrTicks / TICKS_PER_SECOND) : null;
  }

  /** The current thread is about to end: adds what it used since the last look. */
  public void addEndingThread() {
    String line = line(self);
    String thread = line.substring(0, Math.max(0, line.indexOf(' ')));
    Seen last = known.get(thread);
    Seen now = parse(line, last);
    if (now != null && now.whose != Whose.OTHERS && known.size() < MAX_THREADS) {
      add(now, last);
      // Until the next look, which may still see it.
      known.put(thread, now);
    }
  }

  private void add(Seen now, @Nullable Seen last) {
    long before = last == null || last.start != now.start ? 0 : last.ticks;
    long more = Math.max(0, now.ticks - before);
    if (now.whose == Whose.OWN) {
      ownTicks += more;
    } else {
      jfrTicks += more;
    }
  }

  /**
   * Null when the line is not of the form.
   *
   * @param last the thread of this number at the look before
   */
  private static @Nullable Seen parse(String line, @Nullable Seen last) {
    // The name may have blanks and parentheses itself.
    int nameFrom = line.indexOf('(') + 1;
    int nameEnd = line.lastIndexOf(')');
    if (nameFrom <= 0 || nameEnd < nameFrom) {
      return null;
    }
    String[] fields = line.substring(nameEnd + 1).strip().split(" ");
    try {
      long start = Long.parseLong(fields[START_TICKS]);
      long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
      Whose whose = whose(line, nameFrom);
      if (whose == Whose.OTHERS && last != null && last.start == start) {
        whose = last.whose;
      }
      return new Seen(whose, start, ticks);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException otherForm) {
      return null;
    }
  }

  private static Whose whose(String line, int nameFrom) {
    if (line.startsWith("whorl-", nameFrom)) {
      return Whose.OWN;
    }
    return line.startsWith("JFR ", nameFrom) ? Whose.JFR : Whose.OTHERS;
  }

  private static int number(String thread) {
    try {
      return Integer.parseInt(thread);
    } catch (NumberFormatException otherName) {
      return -1;
    }
  }

  /** Empty when the thread has ended meanwhile. */
  private static String line(File stat) {
    try (InputStream in = new FileInputStream(stat)) {
      byte[] line = new byte[LINE_BYTES];
      int length = in.read(line);
      return length <= 0 ? "" : new String(line, 0, length, StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }
}
