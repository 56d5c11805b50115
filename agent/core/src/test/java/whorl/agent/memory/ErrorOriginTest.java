package whorl.agent.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Errors that the JDK created are distinguished from those that a library keeps. */
class ErrorOriginTest {
  private static final StackTraceElement RESERVE =
      new StackTraceElement(
          null, "java.base", "17", "java.nio.Bits", "reserveMemory", "Bits.java", 175);

  @Test
  void errorCreatedByTheJdk_isFromJdk() {
    assertThat(ErrorOrigin.isFromJdk(new StackTraceElement[] {RESERVE})).isTrue();
    Throwable thrown = catchThrowable(() -> "x".repeat(5).repeat(Integer.MAX_VALUE));
    assertThat(ErrorOrigin.isFromJdk(thrown.getStackTrace())).isTrue();
  }

  @Test
  void errorCreatedByALibrary_isNotFromJdk() throws Exception {
    Throwable plain = new OutOfMemoryError();
    Throwable reflective =
        OutOfMemoryError.class.getConstructor(String.class).newInstance("Java heap space");
    Function<String, Throwable> maker = OutOfMemoryError::new;

    assertThat(ErrorOrigin.isFromJdk(plain.getStackTrace())).isFalse();
    assertThat(ErrorOrigin.isFromJdk(reflective.getStackTrace())).isFalse();
    assertThat(ErrorOrigin.isFromJdk(maker.apply("x").getStackTrace())).isFalse();
  }

  @Test
  void errorWithoutAStack_countsAsFromJdk() {
    assertThat(ErrorOrigin.isFromJdk(new StackTraceElement[0])).isTrue();
  }
}
