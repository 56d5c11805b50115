package whorl.dist.program;

/** Prints to both streams, and ends with the status of its argument. */
public final class Hello {
  private Hello() {}

  public static void main(String[] arguments) {
    System.out.println("hello, " + String.join(" ", arguments));
    System.err.println("to the other stream");
    System.exit(arguments.length);
  }
}
