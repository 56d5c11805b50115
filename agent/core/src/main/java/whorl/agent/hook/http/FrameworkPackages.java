package whorl.agent.hook.http;

/**
 * The packages of a framework's own classes: the server's packages and those of the libraries that
 * it consists of. A class of any other package is the application's.
 */
record FrameworkPackages(String[] packages) {
  private static final FrameworkPackages JDK =
      new FrameworkPackages(new String[] {"com.sun.net.", "sun.net.", "java."});

  /** Servers that consist of several libraries. */
  private static final FrameworkPackages NETTY =
      new FrameworkPackages(new String[] {"io.netty.", "reactor.netty.", "io.vertx."});

  /** After org and com follow the owner's name and the product's. */
  private static final int PARTS_BELOW_A_DOMAIN = 3;

  private static final int PARTS = 2;

  /**
   * @param owner the class that declares the called method
   */
  static FrameworkPackages of(String owner) {
    if (JDK.holds(owner)) {
      return JDK;
    }
    return NETTY.holds(owner) ? NETTY : new FrameworkPackages(new String[] {beginning(owner)});
  }

  /** True if methods of the class may be called. */
  boolean isOf(Class<?> type) {
    return !type.isHidden() && holds(type.getName());
  }

  private boolean holds(String name) {
    for (String own : packages) {
      if (name.startsWith(own)) {
        return true;
      }
    }
    return false;
  }

  /** The first packages, such as {@code org.eclipse.jetty.}, or the whole of a shorter package. */
  private static String beginning(String owner) {
    boolean domain = owner.startsWith("org.") || owner.startsWith("com.");
    int wanted = domain ? PARTS_BELOW_A_DOMAIN : PARTS;
    int end = 0;
    for (int parts = 0; parts < wanted; parts++) {
      int dot = owner.indexOf('.', end);
      if (dot < 0) {
        break;
      }
      end = dot + 1;
    }
    return owner.substring(0, end);
  }
}
