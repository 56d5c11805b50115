package whorl.agent.hook.weave;

/**
 * A join point of a {@link Hook}, with the number by which the hook recognises its visits. Join
 * points whose visits mean the same have the same number. The order of a hook's join points has no
 * meaning.
 *
 * @param id from 0 to {@link #MAX_ID}; a constant of the hook
 */
public record HookPoint(int id, JoinPoint joinPoint) {
  /** The largest number of a join point within its hook. */
  public static final int MAX_ID = 63;

  public HookPoint {
    if (id < 0 || id > MAX_ID) {
      throw new IllegalArgumentException("id is not in 0.." + MAX_ID + ": " + id);
    }
  }

  public static HookPoint point(int id, JoinPoint joinPoint) {
    return new HookPoint(id, joinPoint);
  }

  /** The failure of a hook that gets a number which none of its join points has. */
  public static IllegalArgumentException unknown(int id) {
    return new IllegalArgumentException("no such join point: " + id);
  }
}
