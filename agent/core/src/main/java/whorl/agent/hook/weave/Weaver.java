package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All join points by the class they are in, whoever loads that class: the JDK's are woven when the
 * agent starts, a framework's whenever the application loads it. A name that is not among them is
 * told by one look-up. Join points are added before the first class is woven.
 */
public final class Weaver {
  private final Map<String, List<Woven>> byOwner = new HashMap<>();

  /**
   * One more join point.
   *
   * @param id comes with each visit, see {@link Hook#observe}
   */
  public void add(JoinPoint point, int id) {
    List<Woven> there = byOwner.get(point.owner());
    if (there == null) {
      there = new ArrayList<>(2);
      byOwner.put(point.owner(), there);
    }
    there.add(new Woven(point, id));
  }

  /** Whether the class has join points. */
  public boolean concerns(Class<?> type) {
    return byOwner.containsKey(internalName(type));
  }

  /**
   * The woven class file, or null when the class has no join points.
   *
   * @param name internal, with slashes
   */
  public byte @Nullable [] weave(String name, byte[] original) {
    List<Woven> points = byOwner.get(name);
    return points == null ? null : WeavingClass.weave(original, name, points);
  }

  /** Join points whose class is among these, but without the method that was looked for. */
  public List<String> notFound(Class<?>[] loaded) {
    List<String> missing = new ArrayList<>();
    for (Class<?> type : loaded) {
      for (Woven woven : byOwner.getOrDefault(internalName(type), List.of())) {
        String point = woven.point().toString();
        if (!woven.point().optional() && !woven.isFound() && !missing.contains(point)) {
          missing.add(point);
        }
      }
    }
    return missing;
  }

  private static String internalName(Class<?> type) {
    return type.getName().replace('.', '/');
  }
}
