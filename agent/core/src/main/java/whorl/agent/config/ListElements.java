package whorl.agent.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses the elements of a list setting, separated by commas. An element that cannot be read is
 * reported as a problem and left out; the others apply. Spaces around an element, empty elements
 * and duplicates are allowed.
 */
final class ListElements {
  private static final int MAX_SHOWN = 8;

  private final String key;
  private final List<String> problems;
  private int bad;

  /**
   * @param problems receives a sentence for each of the first bad elements
   */
  ListElements(String key, List<String> problems) {
    this.key = key;
    this.problems = problems;
  }

  Set<String> words(String text) {
    Set<String> words = new LinkedHashSet<>();
    for (String word : text.split(",")) {
      String stripped = word.strip();
      if (!stripped.isEmpty()) {
        words.add(stripped);
      }
    }
    return words;
  }

  /** Words of {@link HookGroup}, in any case. */
  Set<String> hooks(String text) {
    Set<String> hooks = new LinkedHashSet<>();
    // No word contains a space, so a list over several lines is valid as well.
    for (String word : words(text.replace(' ', ',').replace('\n', ',').replace('\r', ','))) {
      HookGroup known = HookGroup.of(word);
      if (known != null) {
        hooks.add(known.word());
      } else {
        report(word, "no such hook; there are ".concat(HookGroup.list()));
      }
    }
    return hooks;
  }

  Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String pair : words(text)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      if (name.isEmpty()) {
        report(pair, "a label is of the form k=v");
      } else {
        labels.put(name, pair.substring(equals + 1).strip());
      }
    }
    return labels;
  }

  /** Elements such as {@code heap=90%} and {@code threads=2000}; others are reported. */
  Map<AgentConfig.Reading, Integer> thresholds(String text) {
    Map<AgentConfig.Reading, Integer> thresholds = new LinkedHashMap<>();
    for (String pair : words(text)) {
      int equals = pair.indexOf('=');
      AgentConfig.Reading reading = reading(equals < 0 ? pair : pair.substring(0, equals).strip());
      if (equals < 0 || reading == null) {
        report(
            pair, "a threshold is one of heap=N%, cpu=N%, threads=N, descriptors=N%, allocation=N");
        continue;
      }
      int limit = limit(reading, pair.substring(equals + 1).strip());
      if (limit <= 0) {
        report(pair, reading.isPercent() ? "a percentage from 1% to 100%" : "a number above 0");
      } else {
        thresholds.put(reading, limit);
      }
    }
    return thresholds;
  }

  private static AgentConfig.@Nullable Reading reading(String word) {
    for (AgentConfig.Reading reading : AgentConfig.Reading.values()) {
      if (reading.word().equalsIgnoreCase(word)) {
        return reading;
      }
    }
    return null;
  }

  /** Returns 0 for what is no limit. */
  private static int limit(AgentConfig.Reading reading, String text) {
    boolean percent = text.endsWith("%");
    if (percent != reading.isPercent()) {
      return 0;
    }
    try {
      int limit = Integer.parseInt(percent ? text.substring(0, text.length() - 1).strip() : text);
      return percent && limit > 100 ? 0 : limit;
    } catch (NumberFormatException notANumber) {
      return 0;
    }
  }

  List<Path> paths(String text) {
    List<Path> paths = new ArrayList<>();
    for (String word : words(text)) {
      try {
        paths.add(Path.of(word));
      } catch (InvalidPathException e) {
        report(word, "not a path");
      }
    }
    return List.copyOf(paths);
  }

  private void report(String element, String why) {
    bad++;
    if (bad < MAX_SHOWN) {
      problems.add(
          SettingProblem.problem(
              key, SettingProblem.name(element), why, "left out, the others hold"));
    } else if (bad == MAX_SHOWN) {
      problems.add(key.concat(": more elements that are not understood (left out)"));
    }
  }
}
