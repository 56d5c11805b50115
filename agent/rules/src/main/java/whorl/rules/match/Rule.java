package whorl.rules.match;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.evidence.Level;

/** One compiled Sigma rule. Immutable except for a count; thread-safe. */
public final class Rule {
  private final RuleHead head;
  private final Fields fields;
  private final Matcher matcher;
  private final LongAdder regexGivenUp;
  private final Set<String> unknownFields;
  private final Set<String> unusedSelections;

  public Rule(RuleHead head, Fields fields, Matcher matcher, LongAdder regexGivenUp) {
    this(head, fields, matcher, regexGivenUp, Set.of(), Set.of());
  }

  /**
   * @param unknownFields fields that the rule names and no event has; it matches only where they
   *     make no difference
   * @param unusedSelections selections of the rule that its condition leaves out
   */
  public Rule(
      RuleHead head,
      Fields fields,
      Matcher matcher,
      LongAdder regexGivenUp,
      Set<String> unknownFields,
      Set<String> unusedSelections) {
    this.head = head;
    this.fields = fields;
    this.matcher = matcher;
    this.regexGivenUp = regexGivenUp;
    this.unknownFields = Collections.unmodifiableSet(new LinkedHashSet<>(unknownFields));
    this.unusedSelections = Collections.unmodifiableSet(new LinkedHashSet<>(unusedSelections));
  }

  /** The rule's metadata. */
  public RuleHead head() {
    return head;
  }

  /** The rule's own id, or one derived from its title. */
  public String id() {
    return head.id();
  }

  public String title() {
    return head.title();
  }

  /** Medium if the rule has none. */
  public Level level() {
    return head.level();
  }

  public @Nullable String description() {
    return head.description();
  }

  /** ATT&amp;CK and other tags, such as {@code attack.t1059}. */
  public List<String> tags() {
    return head.tags();
  }

  /**
   * The fields that the rule names and no event has, in its order; usually none. It matches only
   * where they make no difference.
   */
  public Set<String> unknownFields() {
    return unknownFields;
  }

  /** The selections that the rule's condition leaves out, in its order; usually none. */
  public Set<String> unusedSelections() {
    return unusedSelections;
  }

  /** The fields that the rule's conditions may name. */
  public Fields fields() {
    return fields;
  }

  /** The event types that the rule evaluates. */
  public List<EventType> types() {
    return fields.types();
  }

  /** Those of {@link #types} whose events can match; the condition leaves the others out. */
  public List<EventType> matchingTypes() {
    List<EventType> matching = new ArrayList<>();
    for (EventType type : types()) {
      if (!Logic.isNever(matcher.forType(type))) {
        matching.add(type);
      }
    }
    return matching;
  }

  /**
   * Number of searches of this rule's regular expressions that were given up since it was loaded.
   */
  public long regexGivenUp() {
    return regexGivenUp.sum();
  }

  /** True if the rule matches the event; takes the event's stack only if needed. */
  public boolean matches(AgentEvent event) {
    return types().contains(event.type()) && matches(new MatchedEvent(event));
  }

  /** As {@link #matches(AgentEvent)}, for an event that is known to be of one of {@link #types}. */
  public boolean matches(MatchedEvent matchedEvent) {
    return matcher.matches(matchedEvent);
  }

  /** The rule's condition for events of this type. */
  public Matcher condition(EventType type) {
    return matcher.forType(type);
  }

  @Override
  public String toString() {
    return head.toString();
  }
}
