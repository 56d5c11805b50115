package whorl.rules.correlate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.rules.correlate.Correlation.Member;
import whorl.rules.match.Field;
import whorl.rules.match.Fields;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;
import whorl.rules.match.RuleRefused;

/**
 * Resolves the references of correlations, by id or name. A correlation is refused if one of its
 * rules is missing or if it refers to itself.
 */
public final class Correlations {
  /** The work grows with the cube of their number. */
  public static final int MAX_CORRELATIONS = 256;

  private final List<Rule> rules;
  private final List<CorrelationSpec> specs;
  private final Set<String> referencesToRules = new HashSet<>();

  /**
   * @param specs at most {@link #MAX_CORRELATIONS}
   */
  public Correlations(List<Rule> rules, List<CorrelationSpec> specs) {
    this.rules = rules;
    this.specs = specs;
    for (CorrelationSpec spec : specs) {
      for (String reference : spec.references()) {
        if (rules.stream().anyMatch(rule -> rule.head().isCalled(reference))) {
          referencesToRules.add(reference);
        }
      }
    }
  }

  /** Receives refused correlations. */
  @FunctionalInterface
  public interface RefusalListener {
    void refused(CorrelationSpec spec, RuleRefused why);
  }

  /** Resolves the correlations; each comes after those that it refers to. */
  public List<Correlation> resolve(RefusalListener refusals) {
    List<Correlation> resolved = new ArrayList<>();
    List<CorrelationSpec> open = new ArrayList<>(specs);
    boolean progress = true;
    while (progress) {
      progress = false;
      List<CorrelationSpec> waiting = new ArrayList<>();
      for (CorrelationSpec spec : open) {
        if (waitsForAnother(spec, open, resolved)) {
          waiting.add(spec);
          continue;
        }
        progress = true;
        try {
          resolved.add(resolved(spec, resolved));
        } catch (RuleRefused e) {
          refusals.refused(spec, e);
        }
      }
      open = waiting;
    }
    for (CorrelationSpec circular : open) {
      refusals.refused(circular, new RuleRefused("its correlation.rules lead back to itself"));
    }
    return resolved;
  }

  private boolean waitsForAnother(
      CorrelationSpec spec, List<CorrelationSpec> open, List<Correlation> resolved) {
    for (String reference : spec.references()) {
      boolean known =
          referencesToRules.contains(reference)
              || resolved.stream().anyMatch(done -> done.head().isCalled(reference));
      if (!known && open.stream().anyMatch(other -> other.head().isCalled(reference))) {
        return true;
      }
    }
    return false;
  }

  private Correlation resolved(CorrelationSpec spec, List<Correlation> resolved)
      throws RuleRefused {
    List<Member> members = new ArrayList<>();
    Set<RuleHead> seen = new HashSet<>();
    Set<String> usedAliases = new HashSet<>();
    for (String reference : spec.references()) {
      Target target = target(reference, resolved);
      if (!seen.add(target.head())) {
        throw new RuleRefused("correlation.rules names " + target.head().title() + " twice");
      }
      List<Field> groupBy = new ArrayList<>();
      for (String name : spec.groupBy()) {
        groupBy.add(field(spec, reference, name, target, usedAliases));
      }
      List<Field> counted = new ArrayList<>();
      for (String name : spec.countedFields()) {
        counted.add(field(spec, reference, name, target, usedAliases));
      }
      members.add(new Member(target.head(), groupBy, counted));
    }
    for (String alias : spec.aliases().keySet()) {
      if (!usedAliases.contains(alias)) {
        throw new RuleRefused(
            "correlation.aliases." + alias + " is used neither in group-by nor in condition.field");
      }
    }
    return new Correlation(spec, members);
  }

  /**
   * A referenced rule.
   *
   * @param fields of its events; null for a correlation, whose last event may be of any type
   */
  private record Target(RuleHead head, @Nullable Fields fields) {}

  private Target target(String reference, List<Correlation> resolved) throws RuleRefused {
    List<Target> found = new ArrayList<>();
    for (Rule rule : rules) {
      if (rule.head().isCalled(reference)) {
        found.add(new Target(rule.head(), rule.fields()));
      }
    }
    for (Correlation correlation : resolved) {
      if (correlation.head().isCalled(reference)) {
        found.add(new Target(correlation.head(), null));
      }
    }
    if (found.isEmpty()) {
      throw new RuleRefused(
          "correlation.rules: there is no rule with the id or the name "
              + RuleRefused.quoted(reference)
              + ", or it is refused or disabled");
    }
    if (found.size() > 1) {
      throw new RuleRefused(
          "correlation.rules: "
              + RuleRefused.quoted(reference)
              + " is the name of "
              + found.size()
              + " rules; use the id");
    }
    return found.get(0);
  }

  private static Field field(
      CorrelationSpec spec, String reference, String name, Target target, Set<String> usedAliases)
      throws RuleRefused {
    Map<String, String> alias = spec.aliases().get(name);
    String wanted = name;
    if (alias != null) {
      usedAliases.add(name);
      String fieldOfRule = alias.get(reference);
      if (fieldOfRule == null) {
        throw new RuleRefused(
            "correlation.aliases." + name + " says nothing of " + RuleRefused.quoted(reference));
      }
      wanted = fieldOfRule;
    }
    Fields fields = target.fields();
    Field field = fields == null ? Fields.ofAnyEvent(wanted) : fields.find(wanted);
    if (field == null || !field.isValue()) {
      throw new RuleRefused(
          "rule "
              + RuleRefused.quoted(target.head().title())
              + " has no field "
              + RuleRefused.quoted(wanted)
              + " to group or to count by"
              + (fields == null ? "" : "; there are " + String.join(", ", fields.names())));
    }
    return field;
  }
}
