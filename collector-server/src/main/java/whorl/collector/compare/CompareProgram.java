package whorl.collector.compare;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/**
 * Compares artifacts, and writes differences and a summary of each kind to standard output, a line
 * of JSON each. Runs in a confined JVM, because evidence is hostile.
 *
 * <p>Arguments: a kind and two files, the earlier first, and again.
 */
public final class CompareProgram {
  private static final int LISTED_MAX = 2_000;

  private CompareProgram() {}

  /** A line of the output: a summary, or a difference. */
  record Line(@Nullable KindSummary summary, @Nullable Difference difference) {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (int i = 0; i + 2 < arguments.length; i += 3) {
      compare(
          ThingKind.valueOf(arguments[i]),
          Path.of(arguments[i + 1]),
          Path.of(arguments[i + 2]),
          out);
    }
    out.flush();
  }

  private static void compare(ThingKind kind, Path earlier, Path later, PrintStream out)
      throws IOException {
    ThingReader before = ThingReader.read(kind, earlier);
    ThingReader after = ThingReader.read(kind, later);
    Map<String, String> old = before.things().details();
    Map<String, String> now = after.things().details();
    long added = 0;
    long removed = 0;
    long changed = 0;
    long listed = 0;
    for (Map.Entry<String, String> each : now.entrySet()) {
      String was = old.get(each.getKey());
      if (was == null) {
        added++;
        listed += list(out, listed, kind, Difference.ADDED, each.getKey(), null, each.getValue());
      } else if (!was.equals(each.getValue())) {
        changed++;
        listed += list(out, listed, kind, Difference.CHANGED, each.getKey(), was, each.getValue());
      }
    }
    for (Map.Entry<String, String> each : old.entrySet()) {
      if (!now.containsKey(each.getKey())) {
        removed++;
        listed += list(out, listed, kind, Difference.REMOVED, each.getKey(), each.getValue(), null);
      }
    }
    boolean cut =
        before.things().isCut() || after.things().isCut() || listed < added + removed + changed;
    write(
        out,
        new Line(
            new KindSummary(
                kind.word(),
                added,
                removed,
                changed,
                now.size() - added - changed,
                cut,
                before.unreadable() + after.unreadable()),
            null));
  }

  private static int list(
      PrintStream out,
      long listed,
      ThingKind kind,
      String change,
      String name,
      @Nullable String before,
      @Nullable String after) {
    if (listed >= LISTED_MAX) {
      return 0;
    }
    write(out, new Line(null, new Difference(kind.word(), change, name, before, after)));
    return 1;
  }

  private static void write(PrintStream out, Line line) {
    out.println(new String(Json.bytes(line), StandardCharsets.UTF_8));
  }
}
