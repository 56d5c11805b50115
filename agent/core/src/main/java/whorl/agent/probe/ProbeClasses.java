package whorl.agent.probe;

import java.util.List;
import whorl.agent.event.ProbeReports;
import whorl.event.StackFormat;
import whorl.evidence.channel.ProbeCall;

/**
 * Loads what woven methods reach before the first one is woven: no class of the agent may be loaded
 * on a thread of the application. Until a probe is asked for, nothing of this package is loaded.
 */
final class ProbeClasses {
  private static final List<Class<?>> REACHED =
      List.of(
          ProbeObserver.class,
          ProbePoint.class,
          ProbePoints.class,
          RunningProbe.class,
          RecordedCall.class,
          ArgumentText.class,
          ProbeReports.class,
          ProbeCall.class,
          StackFormat.class);

  private ProbeClasses() {}

  /** Initialises them; quick after the first call. */
  static void load() {
    for (Class<?> each : REACHED) {
      try {
        Class.forName(each.getName(), true, each.getClassLoader());
      } catch (ClassNotFoundException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
