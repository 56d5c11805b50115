package whorl.agent.rule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * And, or, not. Since matchers have no effect but their answer, the parts of a conjunction or a
 * disjunction may be asked in any order: the cheap come first, the stack last.
 */
final class Logic {
  private Logic() {}

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

  private static final class All implements Matcher {
    private final Matcher[] parts;

    All(Matcher[] parts) {
      this.parts = parts;
    }

    @Override
    public boolean matches(Subject subject) {
      for (Matcher part : parts) {
        if (!part.matches(subject)) {
          return false;
        }
      }
      return true;
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
    public boolean matches(Subject subject) {
      for (Matcher part : parts) {
        if (part.matches(subject)) {
          return true;
        }
      }
      return false;
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
    public boolean matches(Subject subject) {
      return !part.matches(subject);
    }

    @Override
    public long cost() {
      return part.cost();
    }
  }
}
