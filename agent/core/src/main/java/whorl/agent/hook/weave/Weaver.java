package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All join points by their class, in any class loader: the JDK's classes are woven when the agent
 * starts, a framework's when the application loads it. For a class without join points the cost is
 * one look-up. Join points are added before the first class is woven.
 */
public final class Weaver {
  private final Map<String, Target> targets = new HashMap<>();

  /** A class with join points. */
  private static final class Target {
    final List<WeavePoint> points = new ArrayList<>(2);
    final Offered offered = new Offered();
    @Nullable String notSupported;
    volatile boolean seen;
  }

  /**
   * Adds a join point.
   *
   * @param id the number that comes with each visit, see {@link Hook#observe}
   */
  public void add(JoinPoint point, int id) {
    Target target = targets.get(point.owner());
    if (target == null) {
      target = new Target();
      targets.put(point.owner(), target);
    }
    target.points.add(new WeavePoint(point, id));
  }

  /** Adds a class that identifies an unsupported version of a library; loading it is reported. */
  public void addNotSupported(String owner, String problem) {
    Target target = targets.get(owner);
    if (target == null) {
      target = new Target();
      targets.put(owner, target);
    }
    target.notSupported = problem;
  }

  /** The classes that have join points, by internal name. */
  public Set<String> classes() {
    return Set.copyOf(targets.keySet());
  }

  /** True if the class has join points. */
  public boolean concerns(Class<?> type) {
    return targets.containsKey(internalName(type));
  }

  /**
   * Returns the woven class file of a class that is being loaded or changed; null if the class has
   * no join points, or none that fits.
   *
   * @param name internal, with slashes
   */
  public byte @Nullable [] weave(@Nullable ClassLoader loader, String name, byte[] original) {
    Target target = targets.get(name);
    if (target == null) {
      return null;
    }
    byte[] woven;
    try {
      woven = WeavingClass.weave(original, name, target.points);
    } catch (VirtualMachineError noRoom) { // tried again later, see notOffered
      throw noRoom;
    } catch (RuntimeException | Error failure) {
      target.offered.add(loader);
      allNotWoven(target, failure);
      throw failure;
    }
    target.offered.add(loader);
    target.seen = true;
    return woven;
  }

  /** The woven class file of a class that is not loaded here, or null as above. */
  public byte @Nullable [] weave(String name, byte[] original) {
    Target target = targets.get(name);
    if (target == null) {
      return null;
    }
    target.seen = true;
    return WeavingClass.weave(original, name, target.points);
  }

  /**
   * Loaded classes that have join points but were never offered to {@link #weave}. The JVM calls no
   * transformer for a class that loads while a transformer runs on the same thread.
   */
  public List<Class<?>> notOffered(Class<?>[] loaded) {
    List<Class<?>> missed = new ArrayList<>();
    for (Class<?> type : loaded) {
      Target target = type.isArray() ? null : targets.get(internalName(type));
      if (target != null && !target.offered.contains(ClassFacts.loader(type))) {
        missed.add(type);
      }
    }
    return missed;
  }

  /** Marks the class as impossible to weave; it is not tried again. */
  public void cannotWeave(Class<?> type, String problem) {
    Target target = targets.get(internalName(type));
    if (target != null) {
      target.offered.add(ClassFacts.loader(type));
      allNotWoven(target, problem);
    }
  }

  /**
   * Join points that are not woven although their class is loaded, each with the reason. A missing
   * optional method is not reported.
   */
  public List<String> notWoven() {
    List<String> missing = new ArrayList<>();
    for (Target target : targets.values()) {
      String notSupported = target.notSupported;
      if (notSupported != null && target.seen && !missing.contains(notSupported)) {
        missing.add(notSupported);
      }
      for (WeavePoint weavePoint : target.points) {
        for (String problem : weavePoint.problems()) {
          String point = weavePoint.point() + ": " + problem;
          if (!missing.contains(point)) {
            missing.add(point);
          }
        }
      }
    }
    missing.sort(null);
    return missing;
  }

  /**
   * Reports operands whose field, in another class, does not exist. Weaving cannot check these
   * fields; without the field each visit fails and is counted. Checks only the JDK's classes,
   * because no other join points have such operands.
   */
  public void requireOtherFields(Class<?>[] loaded) {
    Map<String, Class<?>> bootClasses = new HashMap<>();
    for (Class<?> type : loaded) {
      if (ClassFacts.loader(type) == null) {
        bootClasses.put(internalName(type), type);
      }
    }
    for (Target target : targets.values()) {
      for (WeavePoint weavePoint : target.points) {
        for (Operand operand : weavePoint.point().operands()) {
          if (operand instanceof Operand.ArgumentField field) {
            requireField(
                weavePoint, bootClasses.get(field.type()), field.name(), field.descriptor());
          } else if (operand instanceof Operand.InheritedField field) {
            requireField(
                weavePoint, bootClasses.get(field.type()), field.name(), field.descriptor());
          }
        }
      }
    }
  }

  private static void requireField(
      WeavePoint weavePoint, @Nullable Class<?> type, String name, String descriptor) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      try {
        if (at.getDeclaredField(name).getType().descriptorString().equals(descriptor)) {
          return;
        }
      } catch (NoSuchFieldException notHere) {
        continue;
      }
    }
    if (type != null) {
      weavePoint.isNotWoven(
          type.getName() + " has no field " + name + " of the type " + descriptor);
    }
  }

  private static void allNotWoven(Target target, Throwable failure) {
    allNotWoven(target, "the class cannot be woven: " + failure);
  }

  private static void allNotWoven(Target target, String problem) {
    for (WeavePoint weavePoint : target.points) {
      weavePoint.isNotWoven(problem);
    }
  }

  private static String internalName(Class<?> type) {
    return type.getName().replace('.', '/');
  }
}
