package whorl.dist.program;

import java.security.Permission;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Runs the program that the property {@code program} names under a security manager of the
 * application's. At the end it prints what the agent asked that manager for on the application's
 * threads.
 */
@SuppressWarnings("removal")
public final class Managed {
  private Managed() {}

  public static void main(String[] arguments) throws Exception {
    Manager manager = new Manager();
    System.setSecurityManager(manager);
    Class.forName(System.getProperty("program"))
        .getMethod("main", String[].class)
        .invoke(null, (Object) arguments);
    manager.print();
  }

  /** Allows everything. */
  private static final class Manager extends SecurityManager {
    private static final int FRAMES = 12;
    private final Set<String> asked = new ConcurrentSkipListSet<>();
    private final ThreadLocal<Boolean> looking = new ThreadLocal<>();

    @Override
    public void checkPermission(Permission permission) {
      note(permission.toString());
    }

    @Override
    public void checkPermission(Permission permission, Object context) {
      note(permission.toString());
    }

    @Override
    public void checkPackageAccess(String name) {
      note("package " + name);
    }

    @Override
    public void checkRead(String file) {
      note("read " + file);
    }

    @Override
    public void checkExit(int status) {
      if (!Thread.currentThread().getName().startsWith("whorl-")) {
        print();
      }
    }

    private void note(String what) {
      if (looking.get() != null) {
        return;
      }
      looking.set(true);
      try {
        StackTraceElement[] stack = new Throwable().getStackTrace();
        if (!Thread.currentThread().getName().startsWith("whorl-") && isOfAgent(stack)) {
          StringBuilder frames = new StringBuilder(what);
          for (int i = 2; i < Math.min(FRAMES, stack.length); i++) {
            frames.append(" < ").append(stack[i].getClassName());
            frames.append('.').append(stack[i].getMethodName());
          }
          asked.add(frames.toString());
        }
      } finally {
        looking.remove();
      }
    }

    /**
     * The agent's frames are behind the JDK's that ask, and before the application's. Not counted:
     * the VM asks by itself when a class is first referred to, and the JDK's server asks in its own
     * getter of a client's address.
     */
    private static boolean isOfAgent(StackTraceElement[] stack) {
      for (StackTraceElement frame : stack) {
        String name = frame.getClassName();
        if (name.startsWith("whorl.agent.")) {
          return true;
        }
        boolean byVm =
            name.equals("java.lang.ClassLoader")
                && frame.getMethodName().equals("checkPackageAccess");
        boolean byServer = name.startsWith("sun.net.httpserver.");
        boolean byApplication =
            name.startsWith("whorl.dist.") && !name.equals(Manager.class.getName());
        if (byVm || byServer || byApplication) {
          return false;
        }
      }
      return false;
    }

    void print() {
      looking.set(true);
      System.out.println("rules of the manager applied to " + asked.size() + " calls of the agent");
      for (String call : asked) {
        System.out.println("asked by the agent: " + call);
      }
    }
  }
}
