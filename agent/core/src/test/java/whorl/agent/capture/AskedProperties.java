package whorl.agent.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import whorl.agent.hook.weave.ThreadState;

/** System properties of a class of the application, which any code can install. */
public final class AskedProperties extends Properties {
  private static final long serialVersionUID = 1L;

  private final transient List<String> unobserved = new ArrayList<>();
  private final transient Properties before;
  private transient boolean fails;

  private AskedProperties(Properties before) {
    this.before = before;
  }

  /**
   * Runs the work as a thread of the agent does, with these as the JVM's properties.
   *
   * @param fails true if they throw an error of their own
   * @return the names for which they were asked while no hook observed the thread; {@code *} for
   *     all
   */
  public static List<String> askedUnobserved(boolean fails, Callable<?> work) throws Exception {
    Properties before = System.getProperties();
    AskedProperties asked = new AskedProperties(before);
    byte[] state = ThreadState.current();
    System.setProperties(asked);
    ThreadState.busy(state, true);
    asked.fails = fails;
    try {
      work.call();
    } finally {
      asked.fails = false;
      ThreadState.busy(state, false);
      System.setProperties(before);
    }
    return asked.unobserved;
  }

  private void asked(String name) {
    if (ThreadState.busyNow()) {
      unobserved.add(name);
    } else if (fails) {
      throw new Refused(unobserved);
    }
  }

  @Override
  public String getProperty(String name) {
    asked(name);
    return before.getProperty(name);
  }

  @Override
  public String getProperty(String name, String otherwise) {
    asked(name);
    return before.getProperty(name, otherwise);
  }

  @Override
  public Set<String> stringPropertyNames() {
    asked("*");
    return before.stringPropertyNames();
  }

  /** Its methods are the application's too. */
  private static final class Refused extends Error {
    private static final long serialVersionUID = 1L;

    private final transient List<String> unobserved;

    Refused(List<String> unobserved) {
      this.unobserved = unobserved;
    }

    @Override
    public String getMessage() {
      unobserved.add("the error");
      return null;
    }
  }
}
