package whorl.agent.hunt;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/**
 * The processor time of the current thread, from {@code /proc/thread-self/stat} (proc_pid_stat(5)),
 * in steps of 10 ms. Where that cannot be read, the time on the clock takes its place, which is
 * never less.
 */
final class ProcessorTime implements LongSupplier {
  private static final String STAT = "/proc/thread-self/stat";
  private static final int LINE_BYTES = 1_200;
  private static final long NANOS_PER_TICK = 10_000_000;

  /** Positions after the name, counted from 0: fields 14 and 15 of the manual page. */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  @Override
  public long getAsLong() {
    try (InputStream in = new FileInputStream(STAT)) {
      byte[] line = new byte[LINE_BYTES];
      int length = in.read(line);
      String text = new String(line, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
      String[] fields = text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
      return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]))
          * NANOS_PER_TICK;
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unreadable) {
      return System.nanoTime();
    }
  }
}
