package whorl.collector.heap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import whorl.collector.heap.dump.ClassNames;
import whorl.collector.heap.read.HeapAnalysis.ClassCount;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * The main class of the confined JVM that reads {@code histogram.txt}, the output of HotSpot's
 * {@code GC.class_histogram}. It prints the classes, with those of the same name put together.
 *
 * <pre>
 *  num     #instances         #bytes  class name (module)
 * -------------------------------------------------------
 *    1:         24680        1802456  [B (java.base@17.0.9)
 * </pre>
 *
 * <p>Argument: the file.
 */
public final class HistogramProgram {
  private static final int CLASSES_PER_LINE = 1_000;
  private static final int CLASSES_MAX = 100_000;
  private static final int LINE_MAX_CHARS = 4_000;
  private static final int NAME_MAX_CHARS = 300;
  private static final Pattern ROW =
      Pattern.compile("\\s*\\d{1,9}:\\s+(\\d{1,18})\\s+(\\d{1,18})\\s+(\\S+).*");

  private HistogramProgram() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(Path.of(arguments[0])), StandardCharsets.UTF_8))) {
      List<ClassCount> line = new ArrayList<>();
      for (ClassCount each : read(lines)) {
        line.add(each);
        if (line.size() == CLASSES_PER_LINE) {
          out.println(Json.text(line));
          line.clear();
        }
      }
      out.println(Json.text(line));
    }
    out.flush();
  }

  static List<ClassCount> read(BufferedReader lines) throws IOException {
    Map<String, long[]> sums = new HashMap<>();
    for (String line = next(lines); line != null; line = next(lines)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        String name = Text.atMost(ClassNames.source(row.group(3)), NAME_MAX_CHARS);
        if (sums.size() < CLASSES_MAX || sums.containsKey(name)) {
          long[] sum = sums.computeIfAbsent(name, any -> new long[2]);
          sum[0] += Long.parseLong(row.group(1));
          sum[1] += Long.parseLong(row.group(2));
        }
      }
    }
    return sums.entrySet().stream()
        .map(each -> new ClassCount(each.getKey(), null, each.getValue()[0], each.getValue()[1]))
        .toList();
  }

  /** The next line, its end cut if it is too long; null at the end. */
  private static @org.jspecify.annotations.Nullable String next(BufferedReader lines)
      throws IOException {
    StringBuilder line = new StringBuilder();
    int read = lines.read();
    if (read < 0) {
      return null;
    }
    for (; read >= 0 && read != '\n'; read = lines.read()) {
      if (line.length() < LINE_MAX_CHARS) {
        line.append((char) read);
      }
    }
    return line.toString();
  }
}
