import java.util.HashMap;
import java.util.Map;

/** Works for a while and ends: how, and after how many milliseconds, are its arguments. */
final class Ender {
  private Ender() {}

  public static void main(String[] arguments) throws Exception {
    String how = arguments[0];
    long until = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000;
    Map<String, Integer> counts = new HashMap<>();
    while (System.nanoTime() < until) {
      counts.merge("k" + counts.hashCode() % 1000, 1, Integer::sum);
    }
    System.out.println("ends " + System.currentTimeMillis());
    switch (how) {
      case "return" -> {}
      case "uncaught" -> throw new IllegalStateException("gone wrong");
      default -> System.exit(Integer.parseInt(how));
    }
  }
}
