package whorl.dist.program;

/** Prints to both streams, and ends with the status it is told. */
public final class Hello {
  private Hello() {}

  public static void main(String[] arguments) {
    System.out.println("hello, " + String.join(" ", arguments));
    System.err.println("to the other stream");
    System.exit(arguments.length);
  }
}
