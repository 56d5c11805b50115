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
 * Measures the processor time of the agent's threads and of JFR's separately, from {@code
 * /proc/self/task/TID/stat} (proc_pid_stat(5)). Threads are recognised by their names, which the
 * kernel cuts at 15 characters: {@code whorl-…} and {@code JFR …}. A renamed thread keeps its
 * owner.
 *
 * <p>The sums never decrease: the time of ended threads stays in them. The time that a thread uses
 * after the last sample is lost, unless it calls {@link #addEndingThread}. Threads of other owners
 * are checked again only in every sixth sample, since an application may have thousands. For one
 * thread at a time.
 */
public final class ThreadTimes {
  /** The unit for programs on Linux ({@code USER_HZ}), on every platform of the JDK. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int SAMPLES_PER_FULL_SAMPLE = 6;

  /** Per sample; of more threads only the oldest are read. */
  private static final int MAX_THREADS = 4_096;

  /** The longest line has 52 numbers of at most 20 digits. */
  private static final int LINE_BYTES = 1_200;

  /** Positions after the name, counted from 0: fields 14, 15 and 22 of the manual page. */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;
  private static final int START_TICKS = 19;

  private final File tasks;
  private final File self;
  private Map<String, ThreadSample> known = new HashMap<>();
  private int[] others = {};
  private int samples;
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
   * The time used so far, in seconds of processor time.
   *
   * @param own by the agent's threads
   * @param jfr by JFR's
   */
  public record Used(double own, double jfr) {}

  private enum Owner {
    OWN,
    JFR,
    OTHER
  }

  /**
   * A thread at one sample.
   *
   * @param start in ticks since the machine's start, which distinguishes threads that reuse a
   *     number
   */
  private record ThreadSample(Owner owner, long start, long ticks) {}

  /** Takes a sample; null if the threads cannot be read. */
  public @Nullable Used sample() {
    String[] threads = tasks.list();
    if (threads == null) {
      return null;
    }
    int[] before = samples++ % SAMPLES_PER_FULL_SAMPLE == 0 ? new int[0] : others;
    int examined = Math.min(threads.length, MAX_THREADS);
    Map<String, ThreadSample> found = new HashMap<>();
    int[] foreign = new int[examined];
    int count = 0;
    boolean readable = before.length > 0;
    for (int i = 0; i < examined; i++) {
      String thread = threads[i];
      int number = number(thread);
      if (Arrays.binarySearch(before, number) >= 0) {
        foreign[count++] = number;
        continue;
      }
      ThreadSample last = known.get(thread);
      ThreadSample now = parse(line(new File(tasks, thread + "/stat")), last);
      readable |= now != null;
      if (now != null && now.owner == Owner.OTHER) {
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

  /** Adds the time of the current thread, which is about to end, since the last sample. */
  public void addEndingThread() {
    String line = line(self);
    String thread = line.substring(0, Math.max(0, line.indexOf(' ')));
    ThreadSample last = known.get(thread);
    ThreadSample now = parse(line, last);
    if (now != null && now.owner != Owner.OTHER && known.size() < MAX_THREADS) {
      add(now, last);
      // For the next sample, which may still see this thread.
      known.put(thread, now);
    }
  }

  private void add(ThreadSample now, @Nullable ThreadSample last) {
    long before = last == null || last.start != now.start ? 0 : last.ticks;
    long more = Math.max(0, now.ticks - before);
    if (now.owner == Owner.OWN) {
      ownTicks += more;
    } else {
      jfrTicks += more;
    }
  }

  /**
   * Returns null if the line is malformed.
   *
   * @param last the thread of this number in the last sample
   */
  private static @Nullable ThreadSample parse(String line, @Nullable ThreadSample last) {
    // The name itself may contain blanks and parentheses.
    int nameFrom = line.indexOf('(') + 1;
    int nameEnd = line.lastIndexOf(')');
    if (nameFrom <= 0 || nameEnd < nameFrom) {
      return null;
    }
    String[] fields = line.substring(nameEnd + 1).strip().split(" ");
    try {
      long start = Long.parseLong(fields[START_TICKS]);
      long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
      Owner owner = owner(line, nameFrom);
      if (owner == Owner.OTHER && last != null && last.start == start) {
        owner = last.owner;
      }
      return new ThreadSample(owner, start, ticks);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException otherForm) {
      return null;
    }
  }

  private static Owner owner(String line, int nameFrom) {
    if (line.startsWith("whorl-", nameFrom)) {
      return Owner.OWN;
    }
    return line.startsWith("JFR ", nameFrom) ? Owner.JFR : Owner.OTHER;
  }

  private static int number(String thread) {
    try {
      return Integer.parseInt(thread);
    } catch (NumberFormatException otherName) {
      return -1;
    }
  }

  /** Returns an empty text if the thread has ended meanwhile. */
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
