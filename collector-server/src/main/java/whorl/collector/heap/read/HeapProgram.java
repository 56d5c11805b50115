package whorl.collector.heap.read;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import whorl.collector.heap.dump.DamagedDumpException;
import whorl.collector.heap.dump.HeapDump;
import whorl.evidence.Json;

/**
 * The main class of the confined JVM that examines a heap dump. It prints a {@link HeapLine} for
 * each result as soon as it is there.
 *
 * <p>Arguments: the dump's file, and {@code values} if texts of strings may be printed.
 */
public final class HeapProgram {
  /** The argument that allows texts. */
  public static final String VALUES = "values";

  private static final long PROGRESS_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private HeapProgram() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err); // whatever a library prints is no line of ours
    boolean values = arguments.length > 1 && arguments[1].equals(VALUES);
    examine(Path.of(arguments[0]), values, line -> out.println(Json.text(line)));
  }

  /** Examines a dump on this thread. */
  static void examine(Path dump, boolean values, Consumer<HeapLine> lines) throws IOException {
    long[] printed = {System.nanoTime() - PROGRESS_EVERY_NANOS};
    try {
      HeapDump heap =
          new HeapDump(
              dump,
              values,
              (step, part) -> {
                long now = System.nanoTime();
                if (now - printed[0] >= PROGRESS_EVERY_NANOS) {
                  printed[0] = now;
                  lines.accept(HeapLine.progress(step, part));
                }
              });
      new Examination(heap, values, lines).run();
    } catch (DamagedDumpException damaged) {
      lines.accept(HeapLine.problem("the heap snapshot cannot be read: " + damaged.getMessage()));
    }
  }
}
