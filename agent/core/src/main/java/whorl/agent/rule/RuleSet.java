package whorl.agent.rule;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventType;

/**
 * The rules in force, found by the type of an event, the highest level first. Immutable; any thread
 * may ask it. The dialect of Sigma is described in {@code docs/rules.md}.
 */
public final class RuleSet {
  private static final int MAX_RULES = 5_000;

  private final List<Rule> rules;
  private final List<String> problems;
  private final Map<EventType, List<Rule>> byType;

  private RuleSet(List<Rule> rules, List<String> problems) {
    this.rules = List.copyOf(rules);
    this.problems = List.copyOf(problems);
    this.byType = byType(rules);
  }

  private static Map<EventType, List<Rule>> byType(List<Rule> rules) {
    List<Rule> gravestFirst = new ArrayList<>(rules);
    gravestFirst.sort(Comparator.comparing(Rule::level).reversed());
    Map<EventType, List<Rule>> byType = new EnumMap<>(EventType.class);
    for (Rule rule : gravestFirst) {
      for (EventType type : rule.types()) {
        byType.computeIfAbsent(type, none -> new ArrayList<>()).add(rule);
      }
    }
    return byType;
  }

  /** No rules: what is in force while the agent's thread still reads them. */
  public static RuleSet none() {
    return new RuleSet(List.of(), List.of());
  }

  /**
   * Reads rules; never throws for what is wrong with them, see {@link #problems}.
   *
   * @param filesOrFolders files, and folders whose {@code .yml} and {@code .yaml} files are read
   * @param disabledIdsOrTitles rules to leave out, in any case of letters
   * @param withBuiltIn whether the pack inside the agent's jar comes first
   */
  public static RuleSet load(
      List<Path> filesOrFolders, Set<String> disabledIdsOrTitles, boolean withBuiltIn) {
    Collected collected = new Collected(disabledIdsOrTitles);
    RuleFiles files = new RuleFiles(collected.reader(), collected.problems);
    if (withBuiltIn) {
      files.readPack();
    }
    for (Path path : filesOrFolders) {
      files.read(path);
    }
    return collected.done();
  }

  /**
   * The rules of one text of one or more YAML documents.
   *
   * @param name of the text, for problems
   */
  public static RuleSet parse(String yaml, String name) {
    Collected collected = new Collected(Set.of());
    collected.reader().read(yaml, name);
    return collected.done();
  }

  /** In the order in which they were read. */
  public List<Rule> rules() {
    return rules;
  }

  /** A line for each rule, file or setting that has no effect: which, why, and what would do. */
  public List<String> problems() {
    return problems;
  }

  /** All rules that fire for the event, the highest level first. */
  public List<Rule> matching(AgentEvent event) {
    Subject subject = new Subject(event);
    List<Rule> matching = new ArrayList<>();
    for (Rule rule : of(event.type())) {
      if (rule.matches(subject)) {
        matching.add(rule);
      }
    }
    return matching;
  }

  /** The rules that look at events of this type, the highest level first. */
  List<Rule> of(EventType type) {
    return byType.getOrDefault(type, List.of());
  }

  /** Rules while they are read: no id twice, none that is disabled, not too many. */
  private static final class Collected {
    private final Map<String, Rule> byId = new TreeMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> disabled = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> unusedDisabled = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    Collected(Set<String> disabled) {
      this.disabled.addAll(disabled);
      this.unusedDisabled.addAll(disabled);
    }

    RuleReader reader() {
      return new RuleReader(this::add, problems::add);
    }

    private void add(Rule rule) throws RuleRefused {
      unusedDisabled.remove(rule.id());
      unusedDisabled.remove(rule.title());
      Rule earlier = byId.putIfAbsent(rule.id().toLowerCase(Locale.ROOT), rule);
      if (earlier != null) {
        throw new RuleRefused(
            "its id "
                + rule.id()
                + " is that of "
                + RuleRefused.quoted(earlier.title())
                + " already");
      }
      if (rules.size() >= MAX_RULES) {
        throw new RuleRefused("there are more than " + MAX_RULES + " rules");
      }
      if (!disabled.contains(rule.id()) && !disabled.contains(rule.title())) {
        rules.add(rule);
      }
    }

    RuleSet done() {
      for (String unused : unusedDisabled) {
        problems.add(
            "rules.disabled: no rule has the id or the title " + RuleRefused.quoted(unused));
      }
      return new RuleSet(rules, problems);
    }
  }
}
