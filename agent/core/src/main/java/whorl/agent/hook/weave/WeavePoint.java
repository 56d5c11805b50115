package whorl.agent.hook.weave;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A join point with the number by which the observer knows it, and the reasons why it could not be
 * woven. A class may be loaded several times, in several versions: some may fit, others not.
 */
final class WeavePoint {
  /** More versions of a class in one JVM do not occur in practice. */
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

  /** Records that the join point could not be woven into a version of its class. */
  void isNotWoven(String problem) {
    if (problems.size() < MAX_PROBLEMS && !problems.contains(problem)) {
      problems.add(problem);
    }
  }

  List<String> problems() {
    return problems;
  }
}
