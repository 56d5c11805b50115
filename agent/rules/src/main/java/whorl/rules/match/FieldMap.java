package whorl.rules.match;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;

/**
 * Names that rules of other products use for what our events have. A name that is not here means
 * something that no event has. Filled by one thread, then immutable.
 */
public final class FieldMap {
  private final List<EventType> types;
  private final Map<String, ByType> mapped = new LinkedHashMap<>();
  private final Map<String, Field> others = new LinkedHashMap<>();
  private final Set<String> unknownIfAbsent = new HashSet<>();

  public FieldMap(EventType... types) {
    this.types = List.of(types);
  }

  List<EventType> types() {
    return types;
  }

  /**
   * Gives a field of one of the types a name; the same name may be given to fields of other types.
   *
   * @param own the event's own name for it
   */
  public FieldMap put(String name, EventType type, String own) {
    return put(name, type, Fields.own(type, own));
  }

  /** As above, for a field that is derived. */
  public FieldMap put(String name, EventType type, Field field) {
    mapped
        .computeIfAbsent(name, none -> new ByType(new EnumMap<>(EventType.class)))
        .fields
        .put(type, field);
    return this;
  }

  /** As {@link #put}; if the event has no value, the value exists but is unknown. */
  public FieldMap putIfKnown(String name, EventType type, String own) {
    unknownIfAbsent.add(name);
    return put(name, type, own);
  }

  /** Adds something that is the same in all events. */
  public FieldMap put(KnownEnding field) {
    others.put(field.name(), field);
    return this;
  }

  /** Adds the fields that events of every type have, under their own names, but the stack. */
  public FieldMap putCommon() {
    others.putAll(Fields.common());
    others.remove(Fields.STACK);
    return this;
  }

  /**
   * @param keywords the fields that keywords search
   */
  public Fields withKeywords(Field... keywords) {
    Map<String, Field> byName = new LinkedHashMap<>(mapped);
    byName.putAll(others);
    return new Fields(this, byName, List.of(keywords));
  }

  /** Without fields of its own for keywords: they search all mapped fields. */
  public Fields build() {
    return withKeywords(mapped.values().toArray(new Field[0]));
  }

  /** The types whose events have the field; null if all have it. */
  public @Nullable Set<EventType> typesWith(String name) {
    ByType field = mapped.get(name);
    return field == null || field.fields.keySet().containsAll(types)
        ? null
        : EnumSet.copyOf(field.fields.keySet());
  }

  /** True if an event without a value for the field does not mean that there is none. */
  public boolean isUnknownIfAbsent(String name) {
    return unknownIfAbsent.contains(name);
  }

  /** A field with another place, or another name, in each type of event. */
  private record ByType(Map<EventType, Field> fields) implements Field {
    @Override
    public @Nullable Field forType(EventType type) {
      return fields.get(type);
    }

    @Override
    public @Nullable Object value(AgentEvent event) {
      Field field = fields.get(event.type());
      return field == null ? null : field.value(event);
    }

    @Override
    public boolean any(MatchedEvent matchedEvent, ValueTest test) {
      Field field = fields.get(matchedEvent.event().type());
      return field != null && field.any(matchedEvent, test);
    }

    @Override
    public boolean isPresent(MatchedEvent matchedEvent) {
      Field field = fields.get(matchedEvent.event().type());
      return field != null && field.isPresent(matchedEvent);
    }

    @Override
    public long cost() {
      long cost = 0;
      for (Field field : fields.values()) {
        cost = Math.max(cost, field.cost());
      }
      return cost;
    }
  }
}
