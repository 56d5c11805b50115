package whorl.collector.hunt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import whorl.collector.detect.BuiltInRules;
import whorl.collector.http.request.ProblemException;
import whorl.collector.store.access.Scope;
import whorl.collector.store.rules.RuleLedger;
import whorl.collector.store.rules.RuleSetRecord;
import whorl.evidence.Text;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.VersionRange;
import whorl.rules.correlate.Correlation;
import whorl.rules.engine.RuleSet;
import whorl.rules.match.CidrTest;
import whorl.rules.match.Rule;
import whorl.rules.match.RuleHead;
import whorl.rules.match.RuleRefused;

/** Checks questions before agents get them, and says each in a line. */
final class Questions {
  private static final int PROBLEMS_SHOWN = 5;
  private static final int PROBLEMS_CHARS = 2_000;
  private static final int TITLE_CHARS = 200;

  private final RuleLedger pushed;

  /**
   * @param pushed the rule sets that agents have besides the built-in rules
   */
  Questions(RuleLedger pushed) {
    this.pushed = pushed;
  }

  /**
   * Says in a line what is asked.
   *
   * @param scope the agents that the caller may ask; rules that none of them can have are as if
   *     they were not there
   * @throws ProblemException 400 if no agent could answer it, with the reason and the position
   */
  String title(HuntQuestion question, Scope scope) throws IOException {
    String title =
        switch (question.kind()) {
          case HuntQuestion.RULE -> rule(question, scope);
          case HuntQuestion.CLASS -> of(Objects.requireNonNull(question.type()));
          case HuntQuestion.LIBRARY -> of(Objects.requireNonNull(question.library()));
          case HuntQuestion.CONNECTION -> of(Objects.requireNonNull(question.connection()));
          default -> of(Objects.requireNonNull(question.registration()));
        };
    return Text.atMost(title, TITLE_CHARS);
  }

  private String rule(HuntQuestion question, Scope scope) throws IOException {
    String rule = Objects.requireNonNull(question.rule());
    return question.namesRule() ? named(rule.strip(), scope) : compiled(rule);
  }

  private static String compiled(String yaml) {
    RuleSet set = RuleSet.parse(yaml, "rule");
    if (set.rules().isEmpty() || !set.problems().isEmpty()) {
      List<String> problems = set.problems();
      String why =
          problems.isEmpty()
              ? "there is no rule in it; give Sigma YAML, or the id of a rule"
              : String.join("; ", problems.stream().limit(PROBLEMS_SHOWN).toList());
      throw new ProblemException(400, "bad rule", Text.beginning(why, PROBLEMS_CHARS));
    }
    List<String> titles = new ArrayList<>();
    for (Rule each : set.rules()) {
      if (set.alerts(each.head())) {
        titles.add(each.title());
      }
    }
    for (Correlation each : set.correlations()) {
      if (set.alerts(each.head())) {
        titles.add(each.head().title());
      }
    }
    return "rule " + String.join(", ", titles);
  }

  private String named(String id, Scope scope) throws IOException {
    RuleSet builtIn = BuiltInRules.set();
    for (Rule each : builtIn.rules()) {
      if (each.id().equalsIgnoreCase(id)) {
        return "rule " + each.title();
      }
    }
    for (Correlation each : builtIn.correlations()) {
      RuleHead head = each.head();
      if (head.id().equalsIgnoreCase(id)) {
        return "rule " + head.title();
      }
    }
    for (RuleSetRecord set : pushed.inUse()) {
      if (scope.mayMeet(set.namespace(), set.service(), set.labels()) && has(set, id)) {
        return "rule " + id + " of the set " + set.name();
      }
    }
    throw new ProblemException(
        400,
        "no such rule",
        "no built-in rule and no pushed one has the id "
            + Text.shortened(id)
            + "; give the rule's text");
  }

  /** True if a rule of the set has this id: a match of part of its text would disclose the text. */
  private static boolean has(RuleSetRecord set, String id) {
    if (!set.yaml().toLowerCase(Locale.ROOT).contains(id.toLowerCase(Locale.ROOT))) {
      return false; // most have not, and need not be parsed
    }
    RuleSet rules = RuleSet.parse(set.yaml(), set.name());
    Stream<RuleHead> heads = rules.rules().stream().map(Rule::head);
    return Stream.concat(heads, rules.correlations().stream().map(Correlation::head))
        .anyMatch(head -> head.id().equalsIgnoreCase(id));
  }

  private static String of(HuntQuestion.OfClass type) {
    return type.name() != null
        ? "class " + Text.shortened(type.name())
        : "class file " + type.sha256();
  }

  private static String of(HuntQuestion.OfLibrary library) {
    try {
      LibraryPattern unused = LibraryPattern.of(library.name());
      VersionRange unusedRange =
          library.version() == null ? null : VersionRange.of(library.version());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "bad request", "library: " + e.getMessage());
    }
    return "library "
        + Text.shortened(library.name())
        + (library.version() == null ? "" : " " + Text.shortened(library.version()));
  }

  private static String of(HuntQuestion.OfConnection connection) {
    String address = connection.address();
    if (address != null) {
      try {
        boolean unused = new CidrTest(address.strip()).test("");
      } catch (RuleRefused e) {
        throw new ProblemException(400, "bad request", "connection.address: " + e.getMessage());
      }
    }
    return "connection to "
        + Text.shortened(String.valueOf(address == null ? connection.host() : address))
        + (connection.port() == null ? "" : " port " + connection.port());
  }

  private static String of(HuntQuestion.OfRegistration registration) {
    String kind = registration.kind();
    String type = registration.type();
    return "registration"
        + (kind == null ? "" : " " + Text.shortened(kind))
        + (type == null ? "" : " of class " + Text.shortened(type));
  }
}
