package whorl.collector.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The warnings and errors of collectors' logs, alike ones together. */
final class Logs {
  private static final Pattern LEVEL = Pattern.compile(" (ERROR|WARN) ");
  private static final Pattern DIFFERS =
      Pattern.compile(
          "^\\S+ |[0-9a-f]{8}-[0-9a-f-]{27}|\\b[0-9a-f]{16,}\\b|127\\.0\\.0\\.1:\\d+|\\b\\d+\\b");
  private static final int CHARS = 240;

  private Logs() {}

  /** How often each kind of line is in the log, the most frequent first. */
  static Map<String, Integer> alike(Path log) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (LEVEL.matcher(line).find() || line.contains("OutOfMemoryError")) {
          String kind = DIFFERS.matcher(line).replaceAll("_");
          counts.merge(kind.substring(0, Math.min(CHARS, kind.length())), 1, Integer::sum);
        }
      }
    }
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }
}
