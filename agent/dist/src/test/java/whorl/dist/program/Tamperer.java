package whorl.dist.program;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.FileInputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.Security;
import java.util.Map;
import java.util.concurrent.Callable;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * Does to the agent what an intruder would, each action once, and waits until the agent has
 * repaired it; then waits for a file {@code done}. One more agent, {@link OtherAgent}, is with it.
 */
public final class Tamperer {
  private static final long WAIT_MILLIS = 20_000;
  private static final long ROUND_MILLIS = 3_500;

  private Tamperer() {}

  public static void main(String[] arguments) throws Exception {
    Recorded.await();
    // The watch has learnt by then which recording is the agent's.
    Thread.sleep(ROUND_MILLIS);
    properties();
    hooks();
    threads();
    recordings();
    // What comes now must be watched as before.
    new FileInputStream(Path.of("/proc/self/comm").toFile()).close();
    new ProcessBuilder("/bin/true", "afterwards").start().waitFor();
    Signal.await(Path.of(arguments[0]).resolve("done"));
  }

  private static void properties() {
    Security.setProperty("jdk.tls.disabledAlgorithms", "");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .setVMOption("MinHeapFreeRatio", "41");
    try {
      System.setSecurityManager(null);
    } catch (UnsupportedOperationException since24) {
      System.out.println("there are no security managers any more");
    }
  }

  private static void hooks() throws Exception {
    OtherAgent.undo(FileInputStream.class, () -> Thread.sleep(ROUND_MILLIS));
    Thread.sleep(ROUND_MILLIS);
  }

  private static void threads() throws Exception {
    for (String name : new String[] {"whorl-upkeep", "whorl-journal"}) {
      Thread thread = agentThread(name);
      thread.interrupt();
      await(() -> agentThread(name) != null && agentThread(name) != thread);
    }
  }

  private static Thread agentThread(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static void recordings() throws Exception {
    Recording first = recording();
    first.enable("jdk.ThreadPark").withoutThreshold();
    await(() -> !"true".equals(first.getSettings().get("jdk.ThreadPark#enabled")));
    Map<String, String> before = first.getSettings();
    first.setSettings(Map.of());
    await(() -> first.getSettings().equals(before));
    first.stop();
    await(() -> recording() != first && recording().getState() == RecordingState.RUNNING);
    // The watch learns of the new one in the next round.
    Thread.sleep(ROUND_MILLIS);
  }

  private static Recording recording() {
    return FlightRecorder.getFlightRecorder().getRecordings().stream()
        .filter(one -> one.getName().equals("whorl"))
        .findFirst()
        .orElseThrow();
  }

  private static void await(Callable<Boolean> holds) throws Exception {
    long end = System.currentTimeMillis() + WAIT_MILLIS;
    while (true) {
      try {
        if (holds.call()) {
          return;
        }
      } catch (java.util.NoSuchElementException notYet) {
        // between two recordings
      }
      if (System.currentTimeMillis() > end) {
        throw new IllegalStateException("the agent did not put it right");
      }
      Thread.sleep(100);
    }
  }
}
