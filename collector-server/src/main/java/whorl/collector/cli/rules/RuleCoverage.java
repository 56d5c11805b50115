package whorl.collector.cli.rules;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.rules.correlate.CorrelationSpec;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleRefused;
import whorl.rules.parse.RuleFiles;
import whorl.rules.parse.RuleReader;

/**
 * How many rules apply, by logsource, and why the others do not. Holds counts and a few examples
 * only, so there may be any number of files. For one thread.
 */
final class RuleCoverage {
  /** Further logsources, and further reasons of one, are counted together. */
  private static final int LOGSOURCES_MAX = 500;

  private static final int REASONS_MAX = 100;
  private static final int EXAMPLES_MAX = 3;
  private static final int NOT_READ_MAX = 20;
  private static final int NAME_CHARS_MAX = 40;
  private static final String OTHERS = "others";

  private final Map<Source, Count> counts = new LinkedHashMap<>();
  private final List<String> notRead = new ArrayList<>();
  private final RuleFiles files;
  private int notReadCount;

  /** That of the rule that is being read. */
  private Source source = Source.NONE;

  private RuleCoverage() {
    RuleReader reader =
        new RuleReader(
            new Target(), this::notRead, (name, document, why) -> refused(document, why));
    this.files = RuleFiles.unlimited(reader, this::notRead);
  }

  /** Reads files, and folders of them. */
  static RuleCoverage of(List<Path> filesOrFolders) {
    RuleCoverage coverage = new RuleCoverage();
    for (Path path : filesOrFolders) {
      coverage.files.read(path);
    }
    return coverage;
  }

  /** A logsource; a part that it does not name is null. */
  record Source(@Nullable String product, @Nullable String category, @Nullable String service) {
    static final Source NONE = new Source(null, null, null);
    private static final Source CORRELATIONS = new Source(null, "correlations", null);

    static Source of(Object document) {
      if (!(document instanceof Map<?, ?> rule)) {
        return NONE;
      }
      if (rule.containsKey("correlation")) {
        return CORRELATIONS;
      }
      return rule.get("logsource") instanceof Map<?, ?> map
          ? new Source(name(map, "product"), name(map, "category"), name(map, "service"))
          : NONE;
    }

    private static @Nullable String name(Map<?, ?> map, String key) {
      Object value = map.get(key);
      if (value == null) {
        return null;
      }
      return value instanceof String text && text.length() <= NAME_CHARS_MAX
          ? text
          : RuleRefused.quoted(value);
    }
  }

  /** Why rules do not apply, or only in part. */
  static final class Reason {
    private final String why;
    private final List<String> examples = new ArrayList<>();
    private int rules;

    Reason(String why) {
      this.why = why;
    }

    private void add(String title) {
      rules++;
      if (examples.size() < EXAMPLES_MAX) {
        examples.add(title);
      }
    }

    String why() {
      return why;
    }

    int rules() {
      return rules;
    }

    /** The titles of the first rules. */
    List<String> examples() {
      return examples;
    }
  }

  /** The rules of one logsource. */
  static final class Count {
    private final Map<String, Reason> reasons = new LinkedHashMap<>();
    private final Map<String, Reason> partReasons = new LinkedHashMap<>();
    private int apply;
    private int applyInPart;
    private int refused;

    int rules() {
      return apply + applyInPart + refused;
    }

    int apply() {
      return apply;
    }

    int applyInPart() {
      return applyInPart;
    }

    int refused() {
      return refused;
    }

    /** Why rules are refused, the most frequent first. */
    List<Reason> reasons() {
      return mostFrequentFirst(reasons);
    }

    /** Why rules apply in part, the most frequent first. */
    List<Reason> partReasons() {
      return mostFrequentFirst(partReasons);
    }

    private static List<Reason> mostFrequentFirst(Map<String, Reason> reasons) {
      return reasons.values().stream()
          .sorted(Comparator.comparingInt(Reason::rules).reversed())
          .toList();
    }

    private static void add(Map<String, Reason> reasons, String why, String title) {
      String key = reasons.size() < REASONS_MAX || reasons.containsKey(why) ? why : OTHERS;
      reasons.computeIfAbsent(key, Reason::new).add(title);
    }
  }

  private final class Target implements RuleReader.RuleTarget {
    @Override
    public void reading(Object document) {
      source = Source.of(document);
    }

    @Override
    public void add(Rule rule) {
      Count count = count();
      if (rule.unknownFields().isEmpty()) {
        count.apply++;
        return;
      }
      count.applyInPart++;
      Count.add(
          count.partReasons,
          "does not see " + String.join(", ", rule.unknownFields()),
          RuleRefused.quoted(rule.title()));
    }

    @Override
    public void add(CorrelationSpec correlation) {
      count().apply++;
    }
  }

  private void refused(Object document, RuleRefused why) {
    Count count = count();
    count.refused++;
    Count.add(count.reasons, String.valueOf(why.getMessage()), RuleReader.title(document));
  }

  private Count count() {
    boolean room = counts.size() < LOGSOURCES_MAX || counts.containsKey(source);
    return counts.computeIfAbsent(
        room ? source : new Source(OTHERS, null, null), none -> new Count());
  }

  private void notRead(String problem) {
    notReadCount++;
    if (notRead.size() < NOT_READ_MAX) {
      notRead.add(problem);
    }
  }

  /** The logsources, those with the most rules that apply first. */
  List<Map.Entry<Source, Count>> counts() {
    return counts.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<Source, Count> entry) ->
                        entry.getValue().apply + entry.getValue().applyInPart)
                .thenComparingInt(entry -> entry.getValue().refused)
                .reversed())
        .toList();
  }

  /** The sum over all logsources; without reasons. */
  Count total() {
    Count total = new Count();
    for (Count count : counts.values()) {
      total.apply += count.apply;
      total.applyInPart += count.applyInPart;
      total.refused += count.refused;
    }
    return total;
  }

  int files() {
    return files.files();
  }

  /** Number of files and folders that could not be read, or not as YAML. */
  int notReadCount() {
    return notReadCount;
  }

  /** The first of these, with the reason. */
  List<String> notRead() {
    return notRead;
  }
}
