package whorl.dist.program;

import java.util.Set;

/**
 * Works for a while and ends: how, and after how many milliseconds, are its arguments. A third one
 * makes it wait first until an agent that is there has started its recording and all the rest.
 */
public final class Ender {
  private static final Set<String> STARTING = Set.of("whorl-start", "whorl-jfr");
  private static final int ROUNDS = 600;

  private Ender() {}

  public static void main(String[] arguments) throws Exception {
    for (int i = 0; i < ROUNDS && arguments.length > 2 && agentStarts(); i++) {
      Thread.sleep(100);
    }
    long until = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000;
    long sum = 0;
    while (System.nanoTime() < until) {
      sum += Long.toString(sum).hashCode();
    }
    System.out.println("ends " + System.currentTimeMillis());
    switch (arguments[0]) {
      case "return" -> {}
      case "uncaught" -> throw new IllegalStateException("gone wrong");
      default -> System.exit(Integer.parseInt(arguments[0]));
    }
  }

  private static boolean agentStarts() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> STARTING.contains(thread.getName()));
  }
}
