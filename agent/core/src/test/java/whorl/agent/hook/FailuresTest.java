package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final Failures failures = new Failures();

  /** An error of the application, such as its mapping throws when it is asked for its text. */
  public static final class Foreign extends Error {
    private static final long serialVersionUID = 1L;

    public Foreign() {}

    @Override
    public String toString() {
      throw new AssertionError("called the application's code");
    }
  }

  private static final class Loader extends ClassLoader {
    Class<?> foreign() throws Exception {
      String file = Foreign.class.getName().replace('.', '/') + ".class";
      try (InputStream in = Foreign.class.getClassLoader().getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(Foreign.class.getName(), bytes, 0, bytes.length);
      }
    }
  }

  @Test
  void add_errorOfTheApplication_isNotCalled() throws Exception {
    failures.add((Error) new Loader().foreign().getDeclaredConstructor().newInstance());

    assertThat(failures.first()).isEqualTo(Foreign.class.getName());
    assertThat(failures.count()).isEqualTo(1);
  }

  @Test
  void add_errorOfTheJdk_isShownWithItsMessage() {
    failures.add(new IllegalStateException("no room"));
    failures.add(new IllegalStateException("again"));

    assertThat(failures.first()).isEqualTo("java.lang.IllegalStateException: no room");
    assertThat(failures.count()).isEqualTo(2);
  }
}
