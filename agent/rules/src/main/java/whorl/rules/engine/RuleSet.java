package whorl.rules.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.correlate.Correlation;
import whorl.rules.correlate.CorrelationSpec;
import whorl.rules.correlate.Correlations;
import whorl.rules.match.MatchedEvent;
import whorl.rules.match.OtherSpelling;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;
import whorl.rules.match.RuleRefused;
import whorl.rules.parse.RuleFiles;
import whorl.rules.parse.RuleReader;

/**
 * The active rules by event type, the highest level first. Immutable and thread-safe. {@code
 * docs/rules.md} describes the supported Sigma.
 */
public final class RuleSet {
  private static final int MAX_RULES = 5_000;

  /** These names contain a space, so they cannot be the name of a text. */
  private static final String BUILT_IN = "the built-in pack";

  private static final String FILES = "the files";

  private final List<Rule> rules;
  private final List<Correlation> correlations;
  private final List<String> problems;
  private final List<String> leftOut;
  private final Map<EventType, List<Rule>> byType;
  private final Set<String> silent;
  private final Map<String, Outcome> outcomes;

  private RuleSet(Collected collected) {
    this.rules = List.copyOf(collected.rules);
    this.correlations = List.copyOf(collected.correlations);
    this.problems = List.copyOf(collected.problems);
    this.leftOut = List.copyOf(collected.leftOut);
    this.byType = byType(rules);
    this.silent = Set.copyOf(collected.silent());
    this.outcomes = collected.outcomes();
  }

  /**
   * Rules that come neither from the jar nor from a file.
   *
   * @param name for problems; unique among the texts
   */
  public record NamedText(String name, String yaml) {}

  /**
   * The result of loading a {@link NamedText}.
   *
   * @param rules number of its active rules, including correlations
   * @param problems as {@link RuleSet#problems}, for this text only
   */
  public record Outcome(int rules, List<String> problems) {}

  private static Map<EventType, List<Rule>> byType(List<Rule> rules) {
    List<Rule> highestFirst = new ArrayList<>(rules);
    highestFirst.sort(Comparator.comparing(Rule::level).reversed());
    Map<EventType, List<Rule>> byType = new EnumMap<>(EventType.class);
    for (Rule rule : highestFirst) {
      for (EventType type : rule.types()) {
        byType.computeIfAbsent(type, none -> new ArrayList<>()).add(rule);
      }
    }
    return byType;
  }

  /** Returns an empty set, used until the agent's thread has read the rules. */
  public static RuleSet none() {
    return new Collected(Set.of()).build();
  }

  /**
   * Reads rules; never throws for errors in them, see {@link #problems}.
   *
   * @param filesOrFolders files, and folders whose {@code .yml} and {@code .yaml} files are read
   * @param disabledIdsOrTitles rules to leave out, in any case
   * @param withBuiltIn whether the pack inside the agent's jar comes first
   */
  public static RuleSet load(
      List<Path> filesOrFolders, Set<String> disabledIdsOrTitles, boolean withBuiltIn) {
    return load(filesOrFolders, disabledIdsOrTitles, withBuiltIn, List.of());
  }

  /**
   * As {@link #load(List, Set, boolean)}.
   *
   * @param texts come last, each with its own {@link #outcome}
   */
  public static RuleSet load(
      List<Path> filesOrFolders,
      Set<String> disabledIdsOrTitles,
      boolean withBuiltIn,
      List<NamedText> texts) {
    Collected collected = new Collected(disabledIdsOrTitles);
    RuleFiles files = new RuleFiles(collected.reader(), collected::problem);
    if (withBuiltIn) {
      collected.source = BUILT_IN;
      files.readPack();
    }
    collected.source = FILES;
    for (Path path : filesOrFolders) {
      files.read(path);
    }
    for (NamedText text : texts) {
      collected.source = text.name();
      collected.reader().read(text.yaml(), text.name());
    }
    return collected.build();
  }

  /**
   * Parses a text of one or more YAML documents.
   *
   * @param name of the text, for problems
   */
  public static RuleSet parse(String yaml, String name) {
    return load(List.of(), Set.of(), false, List.of(new NamedText(name, yaml)));
  }

  /** In the order of reading. */
  public List<Rule> rules() {
    return rules;
  }

  /** The correlations, each after those that it refers to. */
  public List<Correlation> correlations() {
    return correlations;
  }

  /**
   * True if a match of the rule or correlation is an alert by itself. It is not if a correlation of
   * the same source (the built-in pack, the files, or one text) refers to it and none says {@code
   * generate: true}. Rules of another source cannot silence it.
   */
  public boolean alerts(RuleHead rule) {
    return !silent.contains(rule.id());
  }

  /** The ids of the rules that are not active because they are disabled. */
  public List<String> leftOut() {
    return leftOut;
  }

  /** The result for the text of this name; null if there was none. */
  public @Nullable Outcome outcome(String name) {
    return outcomes.get(name);
  }

  /** One line for each rule, file or setting without effect: which one, why, and the remedy. */
  public List<String> problems() {
    return problems;
  }

  /**
   * One line for each rule that names fields that no event has, and matches only where they make no
   * difference; and one for each rule with a selection that its condition does not use.
   */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (Rule rule : rules) {
      if (!rule.unknownFields().isEmpty()) {
        warnings.add(
            "rule "
                + RuleRefused.quoted(rule.title())
                + ": matches only where it does not depend on "
                + String.join(", ", rule.unknownFields())
                + ", which a JVM cannot see");
      }
      if (!rule.unusedSelections().isEmpty()) {
        warnings.add(
            "rule "
                + RuleRefused.quoted(rule.title())
                + ": its condition does not use "
                + String.join(", ", rule.unusedSelections())
                + ", which has no effect");
      }
    }
    return warnings;
  }

  /** All rules that match the event, in either spelling, the highest level first. */
  public List<Rule> matching(AgentEvent event) {
    MatchedEvent matchedEvent = new MatchedEvent(event);
    AgentEvent other = OtherSpelling.of(event);
    MatchedEvent otherMatchedEvent = other == null ? matchedEvent : new MatchedEvent(other);
    List<Rule> matching = new ArrayList<>();
    for (Rule rule : of(event.type())) {
      if (rule.matches(matchedEvent) || (other != null && rule.matches(otherMatchedEvent))) {
        matching.add(rule);
      }
    }
    return matching;
  }

  /** The rules for events of this type, the highest level first. */
  List<Rule> of(EventType type) {
    return byType.getOrDefault(type, List.of());
  }

  /** Collects rules during loading: rejects duplicate ids, disabled rules and too many rules. */
  private static final class Collected implements RuleReader.RuleTarget {
    private final Map<String, String> titlesById = new TreeMap<>();
    private final Map<String, String> sourcesById = new TreeMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<CorrelationSpec> specs = new ArrayList<>();
    private final List<Correlation> correlations = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Map<String, List<String>> problemsBySource = new TreeMap<>();
    private final Set<String> disabled = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> unusedDisabled = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> sources = new TreeSet<>();
    private String source = FILES;

    Collected(Set<String> disabled) {
      this.disabled.addAll(disabled);
      this.unusedDisabled.addAll(disabled);
    }

    RuleReader reader() {
      sources.add(source);
      return new RuleReader(this, this::problem);
    }

    void problem(String line) {
      problems.add(line);
      problemsBySource.computeIfAbsent(source, none -> new ArrayList<>()).add(line);
    }

    @Override
    public void add(Rule rule) throws RuleRefused {
      if (admit(rule.head())) {
        rules.add(rule);
      }
    }

    @Override
    public void add(CorrelationSpec correlation) throws RuleRefused {
      if (admit(correlation.head())) {
        if (specs.size() >= Correlations.MAX_CORRELATIONS) {
          throw new RuleRefused(
              "there are more than " + Correlations.MAX_CORRELATIONS + " correlations");
        }
        specs.add(correlation);
      }
    }

    private boolean admit(RuleHead rule) throws RuleRefused {
      unusedDisabled.remove(rule.id());
      unusedDisabled.remove(rule.title());
      String id = rule.id().toLowerCase(Locale.ROOT);
      String earlier = titlesById.putIfAbsent(id, rule.title());
      if (earlier != null) {
        throw new RuleRefused(
            "its id " + rule.id() + " is that of " + RuleRefused.quoted(earlier) + " already");
      }
      if (rules.size() + specs.size() >= MAX_RULES) {
        throw new RuleRefused("there are more than " + MAX_RULES + " rules");
      }
      sourcesById.put(id, source);
      boolean active = !disabled.contains(rule.id()) && !disabled.contains(rule.title());
      if (!active) {
        leftOut.add(rule.id());
      }
      return active;
    }

    private String sourceOf(RuleHead rule) {
      return sourcesById.getOrDefault(rule.id().toLowerCase(Locale.ROOT), FILES);
    }

    /** Ids of the rules that alert only through correlations. */
    Set<String> silent() {
      Set<String> silent = new HashSet<>();
      Set<String> generated = new HashSet<>();
      for (Correlation correlation : correlations) {
        for (RuleHead rule : correlation.rules()) {
          if (correlation.generates()) {
            generated.add(rule.id());
          } else if (sourceOf(rule).equals(sourceOf(correlation.head()))) {
            silent.add(rule.id());
          }
        }
      }
      silent.removeAll(generated);
      return silent;
    }

    Map<String, Outcome> outcomes() {
      Map<String, Integer> counts = new TreeMap<>();
      rules.forEach(rule -> counts.merge(sourceOf(rule.head()), 1, Integer::sum));
      correlations.forEach(rule -> counts.merge(sourceOf(rule.head()), 1, Integer::sum));
      Map<String, Outcome> outcomes = new TreeMap<>();
      for (String name : sources) {
        outcomes.put(
            name,
            new Outcome(
                counts.getOrDefault(name, 0),
                List.copyOf(problemsBySource.getOrDefault(name, List.of()))));
      }
      return outcomes;
    }

    RuleSet build() {
      correlations.addAll(new Correlations(rules, specs).resolve(this::refused));
      source = FILES;
      for (String unused : unusedDisabled) {
        problem("rules.disabled: no rule has the id or the title " + RuleRefused.quoted(unused));
      }
      return new RuleSet(this);
    }

    private void refused(CorrelationSpec spec, RuleRefused why) {
      source = sourceOf(spec.head());
      problem(
          source + ": rule " + RuleRefused.quoted(spec.head().title()) + ": " + why.getMessage());
    }
  }
}
