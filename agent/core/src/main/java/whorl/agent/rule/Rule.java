package whorl.agent.rule;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventType;
import whorl.evidence.Level;

/** One Sigma rule, compiled. Immutable but for a count; any thread may ask it. */
public final class Rule {
  private final String id;
  private final String title;
  private final Level level;
  private final @Nullable String description;
  private final List<String> tags;
  private final List<EventType> types;
  private final Matcher matcher;
  private final LongAdder regexGivenUp;

  Rule(
      String id,
      String title,
      Level level,
      @Nullable String description,
      List<String> tags,
      List<EventType> types,
      Matcher matcher,
      LongAdder regexGivenUp) {
    this.id = id;
    this.title = title;
    this.level = level;
    this.description = description;
    this.tags = List.copyOf(tags);
    this.types = List.copyOf(types);
    this.matcher = matcher;
    this.regexGivenUp = regexGivenUp;
  }

  /** The rule's own id, or one made from its title where it has none. */
  public String id() {
    return id;
  }

  public String title() {
    return title;
  }

  /** Medium where the rule says nothing. */
  public Level level() {
    return level;
  }

  public @Nullable String description() {
    return description;
  }

  /** ATT&amp;CK and other tags, such as {@code attack.t1059}. */
  public List<String> tags() {
    return tags;
  }

  /** The events that the rule looks at. */
  public List<EventType> types() {
    return types;
  }

  /** How often a regular expression of this rule was given up for its cost, since it was loaded. */
  public long regexGivenUp() {
    return regexGivenUp.sum();
  }

  /** Whether the rule fires for the event; asks for the event's stack only if it has to. */
  public boolean matches(AgentEvent event) {
    return types.contains(event.type()) && matches(new Subject(event));
  }

  /** As {@link #matches(AgentEvent)}, for an event known to be of one of {@link #types}. */
  boolean matches(Subject subject) {
    return matcher.matches(subject);
  }

  @Override
  public String toString() {
    return title + " (" + id + ")";
  }
}
