package whorl.dist.program;

/** Works for a while and ends: how, and after how many milliseconds, are its arguments. */
public final class Ender {
  private Ender() {}

  public static void main(String[] arguments) throws Exception {
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
}
