package whorl.rules.match;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.EventType;

/**
 * And, or, not. Matchers have no side effect on the result, so the parts of a conjunction or
 * disjunction may run in any order: the cheapest first, the stack last.
 */
public final class Logic {
  private static final Matcher ALWAYS = new Constant(true);
  private static final Matcher NEVER = new Constant(false);

  private Logic() {}

  public static Matcher constant(boolean truth) {
    return truth ? ALWAYS : NEVER;
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
      Matcher specialized = part.forType(type);
      return specialized instanceof Constant known ? constant(!known.truth()) : not(specialized);
    }

    @Override
    public long cost() {
      return part.cost();
    }
  }
}
