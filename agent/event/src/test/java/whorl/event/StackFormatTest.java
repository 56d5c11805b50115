package whorl.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class StackFormatTest {
  /** Defines one class by itself, as an attacker's loader would. */
  private static final class Foreign extends ClassLoader {
    Foreign() {
      super(StackFormatTest.class.getClassLoader());
    }

    Class<?> define(Class<?> model) throws IOException {
      String file = model.getName().replace('.', '/') + ".class";
      try (InputStream in = model.getClassLoader().getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(model.getName(), bytes, 0, bytes.length);
      }
    }
  }

  /** Calls the next supplier; public because another loader defines a copy of it. */
  public static final class Caller implements Supplier<Object> {
    private final Supplier<Object> next;

    public Caller(Supplier<Object> next) {
      this.next = next;
    }

    @Override
    public Object get() {
      return next.get();
    }
  }

  private static boolean names(StackTraceElement[] stack, Class<?> type) {
    return Arrays.stream(stack).anyMatch(frame -> frame.getClassName().equals(type.getName()));
  }

  @Test
  void take_frameOfWhorl_isLeftOut() {
    StackTraceElement[] stack = (StackTraceElement[]) new Caller(CallStack::take).get();

    assertThat(names(stack, Caller.class)).isFalse();
  }

  /** Rules look at the lines of a stack, and people read them. */
  @Test
  void inOneLine_namesWithLineEnds_makeNoOtherFrame() {
    StackTraceElement ordinary = new StackTraceElement("a.B", "c", "B.java", 7);
    StackTraceElement forged =
        new StackTraceElement(
            "java.base/java.lang.foreign.X.y(X.java)\njava.desktop/sun.font.Z",
            null,
            null,
            "evil.A\r\nB",
            "c\nd",
            "A.java:1)\napp//com.shop.Job.run(Job.java",
            7);

    assertThat(StackFormat.inOneLine(ordinary)).isSameAs(ordinary);
    assertThat(StackFormat.inOneLine(forged).toString())
        .doesNotContain("\n", "\r")
        .contains("evil.A\uFFFD\uFFFDB.c\uFFFDd(", "X.java)\uFFFDjava.desktop");
  }

  @Test
  void take_frameOfAnotherLoaderWithAWhorlName_isKept() throws Exception {
    Class<?> foreign = new Foreign().define(Caller.class);
    Supplier<Object> take = CallStack::take;
    @SuppressWarnings("unchecked")
    Supplier<Object> caller =
        (Supplier<Object>) foreign.getConstructor(Supplier.class).newInstance(take);

    StackTraceElement[] stack = (StackTraceElement[]) caller.get();

    assertThat(names(stack, foreign)).isTrue();
  }
}
