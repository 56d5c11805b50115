package whorl.dist.program;

/** Prints which of the named classes and resources the application can see. */
public final class Visible {
  private Visible() {}

  public static void main(String[] names) {
    for (String name : names) {
      System.out.println(name + "=" + visible(name));
    }
  }

  private static boolean visible(String name) {
    ClassLoader loader = Visible.class.getClassLoader();
    if (name.contains("/")) {
      return loader.getResource(name) != null;
    }
    try {
      Class.forName(name, false, loader);
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }
}
