package whorl.agent.rule;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventType;
import whorl.evidence.Level;

/** One Sigma rule, compiled. Immutable but for a count; any thread may ask it. */
public final class Rule {
  private final RuleHead head;
  private final Fields fields;
  private final Matcher matcher;
  private final LongAdder regexGivenUp;

  Rule(RuleHead head, Fields fields, Matcher matcher, LongAdder regexGivenUp) {
    this.head = head;
    this.fields = fields;
    this.matcher = matcher;
    this.regexGivenUp = regexGivenUp;
  }

  /** What the rule says about itself. */
  public RuleHead head() {
    return head;
  }

  /** The rule's own id, or one made from its title where it has none. */
  public String id() {
    return head.id();
  }

  public String title() {
    return head.title();
  }

  /** Medium where the rule says nothing. */
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

  /** What the rule's conditions may name. */
  Fields fields() {
    return fields;
  }

  /** The events that the rule looks at. */
  public List<EventType> types() {
    return fields.types();
  }

  /** How often a regular expression of this rule was given up for its cost, since it was loaded. */
  public long regexGivenUp() {
    return regexGivenUp.sum();
  }

  /** Whether the rule fires for the event; asks for the event's stack only if it has to. */
  public boolean matches(AgentEvent event) {
    return types().contains(event.type()) && matches(new MatchedEvent(event));
  }

  /** As {@link #matches(AgentEvent)}, for an event known to be of one of {@link #types}. */
  boolean matches(MatchedEvent matchedEvent) {
    return matcher.matches(matchedEvent);
  }

  /** When it fires for an event of this type. */
  Matcher condition(EventType type) {
    return matcher.on(type);
  }

  @Override
  public String toString() {
    return head.toString();
  }
}
