package whorl.agent.hook.weave;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A join point with the number by which the observer knows it, and why it could not be woven, where
 * that was so. A class may be loaded several times, in several versions: some may fit, others not.
 */
final class WeavePoint {
  /** So many versions of a class in one JVM are not seen. */
  private static final int MAX_PROBLEMS = 4;

  private final JoinPoint point;
  private final int id;
  private final List<String> problems = new CopyOnWriteArrayList<>();

  WeavePoint(JoinPoint point, int id) {
    this.point = point;
    this.id = id;
  }

  JoinPoint point() {
    return point;
  }

  int id() {
    return id;
  }

  /** It could not be woven into one version of its class. */
  void isNotWoven(String problem) {
    if (problems.size() < MAX_PROBLEMS && !problems.contains(problem)) {
      problems.add(problem);
    }
  }

  List<String> problems() {
    return problems;
  }
}
