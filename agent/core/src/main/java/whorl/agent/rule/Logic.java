package whorl.agent.rule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EventType;

/**
 * And, or, not. Since matchers have no effect but their answer, the parts of a conjunction or a
 * disjunction may be asked in any order: the cheap come first, the stack last.
 */
final class Logic {
  private static final Matcher ALWAYS = new Constant(true);
  private static final Matcher NEVER = new Constant(false);

  private Logic() {}

  static Matcher constant(boolean truth) {
    return truth ? ALWAYS : NEVER;
  }

  /** Whether it is known to match nothing. */
  static boolean isNever(Matcher matcher) {
    return matcher == NEVER;
  }

  /** True when all are; {@code parts} is not empty. */
  static Matcher all(List<? extends Matcher> parts) {
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

  /** True when one is; {@code parts} is not empty. */
  static Matcher any(List<? extends Matcher> parts) {
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

  static Matcher not(Matcher part) {
    return part instanceof Not not ? not.part : new Not(part);
  }

  /** Each for this type, without those that are {@code neutral}; null when one decides it all. */
  private static @Nullable List<Matcher> on(EventType type, Matcher[] parts, Matcher neutral) {
    List<Matcher> open = new ArrayList<>();
    for (Matcher part : parts) {
      Matcher there = part.on(type);
      if (there instanceof Constant && there != neutral) {
        return null;
      }
      if (there != neutral) {
        open.add(there);
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
    public Matcher on(EventType type) {
      List<Matcher> open = Logic.on(type, parts, ALWAYS);
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
    public Matcher on(EventType type) {
      List<Matcher> open = Logic.on(type, parts, NEVER);
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
    public Matcher on(EventType type) {
      Matcher there = part.on(type);
      return there instanceof Constant known ? constant(!known.truth()) : not(there);
    }

    @Override
    public long cost() {
      return part.cost();
    }
  }
}
