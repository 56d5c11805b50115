package whorl.agent.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;
import whorl.agent.hook.weave.ThreadState;

class LibrariesTest {
  /** The application's class of properties. */
  private static final class Own extends Properties {
    private static final long serialVersionUID = 1L;

    @Override
    public String getProperty(String name) {
      if (name.equals("fails")) {
        throw new AssertionError();
      }
      return String.valueOf(ThreadState.busyNow());
    }
  }

  @Test
  void value_defaultsOfTheApplication_areAskedWhileTheThreadIsObserved() {
    Properties properties = new Properties(new Own());
    byte[] state = ThreadState.current();
    ThreadState.busy(state, true); // as a thread of the agent is
    try {
      assertThat(Libraries.value(properties, "java.class.path")).isEqualTo("false");
      assertThat(Libraries.value(properties, "fails")).isEmpty();
    } finally {
      ThreadState.busy(state, false);
    }
  }
}
