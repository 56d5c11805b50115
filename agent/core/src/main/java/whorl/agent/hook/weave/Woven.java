package whorl.agent.hook.weave;

/** A join point with the number by which the observer knows it, and whether it was met. */
final class Woven {
  private final JoinPoint point;
  private final int id;
  private volatile boolean found;

  Woven(JoinPoint point, int id) {
    this.point = point;
    this.id = id;
  }

  JoinPoint point() {
    return point;
  }

  int id() {
    return id;
  }

  /** The method, or the call within it, is there. */
  void found() {
    found = true;
  }

  boolean isFound() {
    return found;
  }
}
