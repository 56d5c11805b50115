package whorl.rules.match;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * And, or, not, and what follows from parts that are unknown. Matchers have no side effect on the
 * result, so the parts of a conjunction or disjunction may run in any order: the cheapest first,
 * the stack last.
 */
public final class Logic {
  private static final Matcher ALWAYS = new Constant(true);
  private static final Matcher NEVER = new Constant(false);

  private Logic() {}

  public static Matcher constant(boolean truth) {
    return truth ? ALWAYS : NEVER;
  }

  /**
   * A condition on something that no event has; see {@link #certain}.
   *
   * @param field its name; null if only some events lack it
   */
  public static Matcher unknown(@Nullable String field) {
    return new Unknown(field);
  }

  /** The fields of the unknown conditions that can decide the matcher, in their order. */
  public static Set<String> unknownFields(Matcher matcher) {
    Set<String> names = new LinkedHashSet<>();
    addUnknown(decided(matcher, Unknowns.KEPT), names);
    return names;
  }

  private static void addUnknown(Matcher matcher, Set<String> names) {
    if (matcher instanceof Unknown unknown && unknown.field != null) {
      names.add(unknown.field);
    } else if (matcher instanceof Not not) {
      addUnknown(not.part, names);
    } else if (matcher instanceof All all) {
      for (Matcher part : all.parts) {
        addUnknown(part, names);
      }
    } else if (matcher instanceof Any any) {
      for (Matcher part : any.parts) {
        addUnknown(part, names);
      }
    }
  }

  /** Matches where {@code matcher} does whatever the truth of its unknown conditions is. */
  public static Matcher certain(Matcher matcher) {
    return decided(matcher, Unknowns.FALSE);
  }

  /** Matches where {@code matcher} may, depending on its unknown conditions. */
  public static Matcher possible(Matcher matcher) {
    return decided(matcher, Unknowns.TRUE);
  }

  /** What becomes of unknown conditions. */
  private enum Unknowns {
    TRUE,
    FALSE,
    KEPT;

    Unknowns negated() {
      return this == TRUE ? FALSE : this == FALSE ? TRUE : KEPT;
    }
  }

  private static Matcher decided(Matcher matcher, Unknowns unknowns) {
    if (matcher instanceof Unknown) {
      return unknowns == Unknowns.KEPT ? matcher : constant(unknowns == Unknowns.TRUE);
    }
    if (matcher instanceof Not not) {
      return negated(decided(not.part, unknowns.negated()));
    }
    if (matcher instanceof All all) {
      List<Matcher> open = decided(all.parts, unknowns, ALWAYS);
      return open == null ? NEVER : open.isEmpty() ? ALWAYS : all(open);
    }
    if (matcher instanceof Any any) {
      List<Matcher> open = decided(any.parts, unknowns, NEVER);
      return open == null ? ALWAYS : open.isEmpty() ? NEVER : any(open);
    }
    return matcher;
  }

  /** As {@link #forType}: without neutral parts; null if one part decides the result. */
  private static @Nullable List<Matcher> decided(
      Matcher[] parts, Unknowns unknowns, Matcher neutral) {
    List<Matcher> open = new ArrayList<>();
    for (Matcher part : parts) {
      Matcher decided = decided(part, unknowns);
      if (decided instanceof Constant && decided != neutral) {
        return null;
      }
      if (decided != neutral) {
        open.add(decided);
      }
    }
    return open;
  }

  private static Matcher negated(Matcher part) {
    return part instanceof Constant known ? constant(!known.truth()) : not(part);
  }

  /** True if the matcher is known to match nothing. */
  public static boolean isNever(Matcher matcher) {
    return matcher == NEVER;
  }

  /** Matches if all parts match; {@code parts} is not empty. */
  public static Matcher all(List<? extends Matcher> parts) {
    List<Matcher> flat = new ArrayList<>();
    for (Matcher part : parts) {
      if (part instanceof All all) {
        flat.addAll(List.of(all.parts));
      } else {
        flat.add(part);
      }
    }
    return flat.size() == 1 ? flat.get(0) : new All(cheapestFirst(flat));
  }

  /** Matches if one part matches; {@code parts} is not empty. */
  public static Matcher any(List<? extends Matcher> parts) {
    List<Matcher> flat = new ArrayList<>();
    for (Matcher part : parts) {
      if (part instanceof Any any) {
        flat.addAll(List.of(any.parts));
      } else {
        flat.add(part);
      }
    }
    return flat.size() == 1 ? flat.get(0) : new Any(cheapestFirst(flat));
  }

  public static Matcher not(Matcher part) {
    return part instanceof Not not ? not.part : new Not(part);
  }

  /**
   * Specializes each part for this type and omits {@code neutral} ones; null if one part decides
   * the result.
   */
  private static @Nullable List<Matcher> forType(EventType type, Matcher[] parts, Matcher neutral) {
    List<Matcher> open = new ArrayList<>();
    for (Matcher part : parts) {
      Matcher specialized = part.forType(type);
      if (specialized instanceof Constant && specialized != neutral) {
        return null;
      }
      if (specialized != neutral) {
        open.add(specialized);
      }
    }
    return open;
  }

  private static List<@Nullable RequiredTexts> gates(Matcher[] parts) {
    List<@Nullable RequiredTexts> gates = new ArrayList<>();
    for (Matcher part : parts) {
      gates.add(part.gate());
    }
    return gates;
  }

  private static Matcher[] cheapestFirst(List<Matcher> parts) {
    parts.sort(Comparator.comparingLong(Matcher::cost));
    return parts.toArray(new Matcher[0]);
  }

  private static long sum(Matcher[] parts) {
    long cost = 0;
    for (Matcher part : parts) {
      cost += part.cost();
    }
    return cost;
  }

  private record Constant(boolean truth) implements Matcher {
    @Override
    public boolean matches(MatchedEvent matchedEvent) {
      return truth;
    }

    @Override
    public long cost() {
      return 0;
    }
  }

  /** Matches nothing; {@link #certain} replaces it before a rule is used. */
  private record Unknown(@Nullable String field) implements Matcher {
    @Override
    public boolean matches(MatchedEvent matchedEvent) {
      return false;
    }

    @Override
    public long cost() {
      return 0;
    }
  }

  private static final class All implements Matcher {
    private final Matcher[] parts;

    All(Matcher[] parts) {
      this.parts = parts;
    }

    @Override
    public boolean matches(MatchedEvent matchedEvent) {
      for (Matcher part : parts) {
        if (!part.matches(matchedEvent)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Matcher forType(EventType type) {
      List<Matcher> open = Logic.forType(type, parts, ALWAYS);
      return open == null ? NEVER : open.isEmpty() ? ALWAYS : all(open);
    }

    @Override
    public @Nullable RequiredTexts gate() {
      return RequiredTexts.best(gates(parts));
    }

    @Override
    public long cost() {
      return sum(parts);
    }
  }

  private static final class Any implements Matcher {
    private final Matcher[] parts;

    Any(Matcher[] parts) {
      this.parts = parts;
    }

    @Override
    public boolean matches(MatchedEvent matchedEvent) {
      for (Matcher part : parts) {
        if (part.matches(matchedEvent)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Matcher forType(EventType type) {
      List<Matcher> open = Logic.forType(type, parts, NEVER);
      return open == null ? ALWAYS : open.isEmpty() ? NEVER : any(open);
    }

    @Override
    public @Nullable RequiredTexts gate() {
      return RequiredTexts.either(gates(parts));
    }

    @Override
    public long cost() {
      return sum(parts);
    }
  }

  private static final class Not implements Matcher {
    private final Matcher part;

    Not(Matcher part) {
      this.part = part;
    }

    @Override
    public boolean matches(MatchedEvent matchedEvent) {
      return !part.matches(matchedEvent);
    }

    @Override
    public Matcher forType(EventType type) {
      return negated(part.forType(type));
    }

    @Override
    public long cost() {
      return part.cost();
    }
  }
}
