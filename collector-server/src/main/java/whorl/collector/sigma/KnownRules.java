package whorl.collector.sigma;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.detect.BuiltInRules;
import whorl.collector.fleet.rules.PushedSet;
import whorl.collector.fleet.rules.RuleSets;
import whorl.collector.sigma.KnownRule.Source;
import whorl.collector.store.access.Scope;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.rules.RuleHitLedger;
import whorl.event.EventType;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.rules.correlate.Correlation;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;
import whorl.rules.match.RuleRefused;

/**
 * All rules that are known here: the built-in pack, the pushed sets, and rules that are known by
 * their alerts alone. Thread-safe.
 */
final class KnownRules {
  private static final String PACK = "/whorl/rules/";
  private static final String PACK_NAMES = PACK + "pack.txt";
  private static final String OF_COLLECTOR = "collector.";
  private static final int SETS_REMEMBERED = 64;
  private static final int PROBLEMS_MAX = 20;

  /** Limit for rules that are known by their alerts only. */
  private static final int UNKNOWN_MAX = 100;

  private final RuleSets sets;
  private final RuleHitLedger hits;

  /** The rules of the newest pushed texts, by their digest. */
  private final Map<Digest, List<KnownRule>> compiled = new LinkedHashMap<>(16, 0.75f, true);

  KnownRules(RuleSets sets, RuleHitLedger hits) {
    this.sets = sets;
    this.hits = hits;
  }

  private static final class BuiltIn {
    static final List<KnownRule> RULES = read();

    private static List<KnownRule> read() {
      List<RuleDocument> documents = new ArrayList<>();
      for (String name : resource(PACK_NAMES).lines().toList()) {
        documents.addAll(RuleTexts.read(resource(PACK + name), name));
      }
      return known(Source.BUILT_IN, null, documents, BuiltInRules.set(), List.of());
    }

    private static String resource(String name) {
      try (InputStream resource = RuleSet.class.getResourceAsStream(name)) {
        if (resource == null) {
          throw new IllegalStateException("the collector's jar lacks " + name);
        }
        StringBuilder text = new StringBuilder();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8));
        lines.lines().forEach(line -> text.append(line).append('\n'));
        return text.toString();
      } catch (IOException e) {
        throw new IllegalStateException("cannot read " + name, e);
      }
    }
  }

  /** The built-in rules. */
  static List<KnownRule> builtIn() {
    return BuiltIn.RULES;
  }

  /**
   * The rules that somebody with this scope may know of: the built-in ones, those of sets that
   * agents of the scope can get, and those of the scope's alerts.
   */
  List<KnownRule> of(Scope scope, Map<String, RuleHitLedger.Hits> counts) throws IOException {
    List<KnownRule> all = new ArrayList<>(builtIn());
    for (PushedSet pushed : sets.pushed(scope)) {
      all.addAll(compiled(pushed));
    }
    Set<String> known = new HashSet<>();
    all.forEach(rule -> known.add(rule.id()));
    int unknown = 0;
    for (String rule : counts.keySet()) {
      if (!known.contains(rule) && unknown < UNKNOWN_MAX) {
        AlertRecord newest = hits.newest(scope, rule);
        if (newest != null) {
          all.add(unknown(newest.alert()));
          unknown++;
        }
      }
    }
    return all;
  }

  private static KnownRule unknown(Alert alert) {
    return new KnownRule(
        alert.rule().startsWith(OF_COLLECTOR) ? Source.COLLECTOR : Source.AGENTS,
        null,
        new RuleDocument(
            alert.rule(),
            alert.title(),
            alert.level(),
            null,
            null,
            List.of(),
            List.of(),
            alert.tags(),
            null,
            false,
            0,
            ""),
        List.of(),
        true,
        List.of(),
        List.of());
  }

  private List<KnownRule> compiled(PushedSet pushed) {
    Digest digest = pushed.set().sha256();
    List<KnownRule> rules;
    synchronized (compiled) {
      rules = compiled.get(digest);
    }
    if (rules == null) {
      rules = compile(pushed);
      synchronized (compiled) {
        compiled.put(digest, rules);
        if (compiled.size() > SETS_REMEMBERED) {
          compiled.remove(compiled.keySet().iterator().next());
        }
      }
    }
    return rules.stream().map(rule -> rule.of(pushed)).toList();
  }

  /** Compiles the set as agents do: together with the built-in rules. */
  private static List<KnownRule> compile(PushedSet pushed) {
    String name = pushed.set().name();
    String yaml = pushed.set().yaml();
    RuleSet set =
        RuleSet.load(List.of(), Set.of(), true, List.of(new RuleSet.NamedText(name, yaml)));
    RuleSet.Outcome outcome = set.outcome(name);
    return known(
        Source.PUSHED,
        pushed,
        RuleTexts.read(yaml, name),
        set,
        outcome == null ? List.of() : outcome.problems());
  }

  private static List<KnownRule> known(
      Source source,
      @Nullable PushedSet pushed,
      List<RuleDocument> documents,
      RuleSet set,
      List<String> problems) {
    Map<String, List<String>> events = new HashMap<>();
    Map<String, RuleHead> heads = new HashMap<>();
    for (Rule rule : set.rules()) {
      heads.put(lower(rule.id()), rule.head());
      events.put(lower(rule.id()), rule.matchingTypes().stream().map(EventType::jfrName).toList());
    }
    for (Correlation correlation : set.correlations()) {
      String id = lower(correlation.head().id());
      heads.put(id, correlation.head());
      events.put(id, correlation.rules().stream().map(RuleHead::title).toList());
    }
    List<KnownRule> known = new ArrayList<>();
    for (RuleDocument document : documents) {
      List<String> own = about(document, problems);
      RuleHead head = own.isEmpty() ? heads.get(lower(document.id())) : null;
      known.add(
          new KnownRule(
              source,
              pushed,
              document,
              head == null ? List.of() : events.getOrDefault(lower(document.id()), List.of()),
              head != null && set.alerts(head),
              own.isEmpty() && head == null ? general(problems) : own,
              about(document, set.warnings())));
    }
    return known;
  }

  private static List<String> about(RuleDocument document, List<String> lines) {
    String title = "rule " + RuleRefused.quoted(document.title()) + ":";
    return lines.stream().filter(line -> line.contains(title)).limit(PROBLEMS_MAX).toList();
  }

  /** The problems of the whole text. */
  private static List<String> general(List<String> problems) {
    return problems.stream()
        .filter(line -> !line.contains(": rule '"))
        .limit(PROBLEMS_MAX)
        .toList();
  }

  private static String lower(String id) {
    return id.toLowerCase(Locale.ROOT);
  }
}
