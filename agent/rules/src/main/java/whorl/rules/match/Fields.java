package whorl.rules.match;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.event.RequestContext;

/** The fields that rules of one category may name. */
public final class Fields {
  /** Higher than any sum of other costs, so that conditions on the stack run last. */
  private static final long STACK_COST = 1_000_000;

  static final String STACK = "stack";

  private final List<EventType> types;
  private final Map<String, Field> byName;
  private final Field everything;
  private final @Nullable FieldMap map;

  private Fields(List<EventType> types) {
    this.types = types;
    this.byName = new LinkedHashMap<>();
    this.map = null;
    for (EventType type : types) {
      for (String name : type.fields()) {
        byName.computeIfAbsent(name, wanted -> new OwnField(wanted, types));
      }
    }
    byName.putAll(common());
    everything = Everything.of(byName.values());
  }

  /**
   * Fields under names that are not the events' own.
   *
   * @param keywords the fields that keywords search
   */
  Fields(FieldMap map, Map<String, Field> byName, List<Field> keywords) {
    this.types = map.types();
    this.byName = new LinkedHashMap<>(byName);
    this.map = map;
    this.everything = Everything.of(keywords);
  }

  /** The fields that events of every type have. */
  static Map<String, Field> common() {
    Map<String, Field> common = new LinkedHashMap<>();
    common.put("event", EventName.INSTANCE);
    common.put("thread", new ThreadName());
    common.put(STACK, new Stack());
    for (RequestPart part : RequestPart.values()) {
      common.put(part.field, part);
    }
    return common;
  }

  /** A field of events of one type, by the event's own name for it. */
  public static Field own(EventType type, String name) {
    int position = type.indexOf(name);
    if (position < 0) {
      throw new IllegalArgumentException(type.jfrName() + " has no field " + name);
    }
    return new At(position, type.isVarying(position));
  }

  /** The fields of one event type. */
  public static Fields ofType(EventType type) {
    return new Fields(List.of(type));
  }

  /** The fields of a category; null if no event has that category. */
  public static @Nullable Fields ofCategory(String category) {
    List<EventType> types = new ArrayList<>();
    for (EventType type : EventType.values()) {
      if (category.equals(type.category())) {
        types.add(type);
      }
    }
    return types.isEmpty() ? null : new Fields(List.copyOf(types));
  }

  /** A field of this name in any event; null if no event with a category has it. */
  public static @Nullable Field ofAnyEvent(String name) {
    List<EventType> seen = new ArrayList<>();
    for (EventType type : EventType.values()) {
      if (type.category() != null) {
        seen.add(type);
      }
    }
    return new Fields(List.copyOf(seen)).find(name);
  }

  /** All categories. */
  public static Set<String> categories() {
    Set<String> categories = new LinkedHashSet<>();
    for (EventType type : EventType.values()) {
      String category = type.category();
      if (category != null) {
        categories.add(category);
      }
    }
    return categories;
  }

  public List<EventType> types() {
    return types;
  }

  /**
   * When these fields are known; null for the events' own names, where a rule may name no other.
   */
  public @Nullable FieldMap map() {
    return map;
  }

  public @Nullable Field find(String name) {
    return byName.get(name);
  }

  /**
   * The field that keywords search. Of the events' own it is every field but the event's name and
   * the stack.
   */
  public Field everything() {
    return everything;
  }

  public Set<String> names() {
    return byName.keySet();
  }

  /** True if keywords search the field. */
  static boolean isSearched(Field field) {
    return !(field instanceof EventName) && !(field instanceof Stack);
  }

  /** True if the field's values depend only on the event's type, as its name does. */
  public static boolean isOfType(Field field) {
    return field instanceof EventName;
  }

  /** The types whose name passes one of the tests. */
  public static Set<EventType> typesThatPass(List<ValueTest> tests) {
    Set<EventType> passing = EnumSet.noneOf(EventType.class);
    for (EventType type : EventType.values()) {
      for (ValueTest test : tests) {
        if (EventName.passes(type, test)) {
          passing.add(type);
        }
      }
    }
    return passing;
  }

  /** Tests a value; a list passes if one of its elements does. */
  static boolean anyOf(@Nullable Object value, ValueTest test) {
    if (value == null) {
      return false;
    }
    if (!(value instanceof String) && value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        Object element = list.get(i);
        if (element != null && test.test(element)) {
          return true;
        }
      }
      return false;
    }
    return test.test(value);
  }

  /** A field of the events themselves, at a position that depends on the event's type. */
  private static final class OwnField implements Field {
    private final Map<EventType, Integer> positions = new EnumMap<>(EventType.class);

    OwnField(String name, List<EventType> types) {
      for (EventType type : types) {
        if (type.indexOf(name) >= 0) {
          positions.put(type, type.indexOf(name));
        }
      }
    }

    @Override
    public @Nullable Field forType(EventType type) {
      Integer position = positions.get(type);
      return position == null ? null : new At(position, type.isVarying(position));
    }

    @Override
    public @Nullable Object value(AgentEvent event) {
      Integer position = positions.get(event.type());
      return position == null ? null : event.value(position);
    }

    @Override
    public boolean any(MatchedEvent matchedEvent, ValueTest test) {
      matchedEvent.readVarying(); // conservatively: only rules not specialized for a type come here
      return anyOf(value(matchedEvent.event()), test);
    }

    @Override
    public boolean isPresent(MatchedEvent matchedEvent) {
      matchedEvent.readVarying();
      return value(matchedEvent.event()) != null;
    }

    @Override
    public long cost() {
      return 1;
    }
  }

  /**
   * A field of events of one type.
   *
   * @param varying true if events that count as equal may differ in it
   */
  private record At(int position, boolean varying) implements Field {
    @Override
    public @Nullable Object value(AgentEvent event) {
      return event.value(position);
    }

    @Override
    public boolean any(MatchedEvent matchedEvent, ValueTest test) {
      if (varying) {
        matchedEvent.readVarying();
      }
      return anyOf(matchedEvent.event().value(position), test);
    }

    @Override
    public boolean isPresent(MatchedEvent matchedEvent) {
      if (varying) {
        matchedEvent.readVarying();
      }
      return matchedEvent.event().value(position) != null;
    }

    @Override
    public boolean isVarying() {
      return varying;
    }

    @Override
    public long cost() {
      return 1;
    }
  }

  /**
   * Both {@code FileOpen} and {@code whorl.FileOpen} are an event's name. The result of a test on a
   * type is known before any event, see {@link #typesThatPass}.
   */
  private enum EventName implements Field {
    INSTANCE;

    @Override
    public boolean any(MatchedEvent matchedEvent, ValueTest test) {
      return passes(matchedEvent.event().type(), test);
    }

    private static boolean passes(EventType type, ValueTest test) {
      String full = type.jfrName();
      return test.test(full.substring(full.lastIndexOf('.') + 1)) || test.test(full);
    }

    @Override
    public boolean isPresent(MatchedEvent matchedEvent) {
      return true;
    }

    @Override
    public Object value(AgentEvent event) {
      return event.type().jfrName();
    }

    @Override
    public @Nullable RequiredTexts required(List<String> texts) {
      return null;
    }

    @Override
    public long cost() {
      return 1;
    }
  }

  private record ThreadName() implements Field {
    @Override
    public boolean any(MatchedEvent matchedEvent, ValueTest test) {
      matchedEvent.readVarying();
      return anyOf(matchedEvent.event().thread(), test);
    }

    @Override
    public boolean isPresent(MatchedEvent matchedEvent) {
      return matchedEvent.event().thread() != null;
    }

    @Override
    public @Nullable Object value(AgentEvent event) {
      return event.thread();
    }

    @Override
    public boolean isVarying() {
      return true;
    }

    @Override
    public long cost() {
      return 1;
    }
  }

  private record Stack() implements Field {
    @Override
    public boolean any(MatchedEvent matchedEvent, ValueTest test) {
      matchedEvent.readVarying();
      String stack = matchedEvent.stack();
      return !stack.isEmpty() && test.test(stack);
    }

    @Override
    public boolean isPresent(MatchedEvent matchedEvent) {
      matchedEvent.readVarying();
      return matchedEvent.event().stack().length > 0;
    }

    @Override
    public boolean isValue() {
      return false;
    }

    @Override
    public long cost() {
      return STACK_COST;
    }
  }

  /** A property of the HTTP request on whose thread the event happened. */
  private enum RequestPart implements Field {
    ID("request.id"),
    METHOD("request.method"),
    PATH("request.path"),
    QUERY("request.query"),
    REMOTE_ADDRESS("request.remoteAddress"),
    STARTED_BY("request.startedBy");

    private final String field;

    RequestPart(String field) {
      this.field = field;
    }

    @Override
    public @Nullable String value(AgentEvent event) {
      RequestContext request = event.request();
      if (request == null || request.isStart() != (this == STARTED_BY)) {
        return null;
      }
      return switch (this) {
        case ID, STARTED_BY -> request.id();
        case METHOD -> request.method();
        case PATH -> request.path();
        case QUERY -> request.query().isEmpty() ? null : request.query();
        case REMOTE_ADDRESS -> request.remoteAddress();
      };
    }

    @Override
    public boolean any(MatchedEvent matchedEvent, ValueTest test) {
      if (isVarying()) {
        matchedEvent.readVarying();
      }
      return anyOf(value(matchedEvent.event()), test);
    }

    @Override
    public boolean isVarying() {
      return this == ID || this == QUERY || this == STARTED_BY;
    }

    @Override
    public boolean isPresent(MatchedEvent matchedEvent) {
      return value(matchedEvent.event()) != null;
    }

    @Override
    public long cost() {
      return 1;
    }
  }
}
