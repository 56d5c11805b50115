package whorl.agent.probe;

import whorl.agent.probe.weave.ProbedMethod;

/** A woven method of a probe, as the application's threads find it by its number. */
record ProbePoint(RunningProbe probe, ProbedMethod method) {
  /** Where a call's array holds when it began, by {@link System#nanoTime}. */
  static final int BEGAN = 0;

  /** Where it holds the exception. */
  static final int THROWN = 1;

  /** Where it holds the texts of the arguments. */
  static final int DESCRIBED = 2;

  /** Where the arguments begin. */
  static final int FIRST_ARGUMENT = 3;

  /** An array for a call, as {@code WhorlHooks.probe} documents it. */
  Object[] newCall() {
    return new Object[FIRST_ARGUMENT + method.types().size()];
  }
}
