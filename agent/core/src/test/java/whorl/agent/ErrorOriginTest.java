package whorl.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** An error of the JDK's is told from one that a library keeps. */
class ErrorOriginTest {
  private static final StackTraceElement RESERVE =
      new StackTraceElement(
          null, "java.base", "17", "java.nio.Bits", "reserveMemory", "Bits.java", 175);

  @Test
  void errorOfTheJdk_isItsOwn() {
    assertThat(ErrorOrigin.isByTheJdk(new StackTraceElement[] {RESERVE})).isTrue();
    Throwable thrown = catchThrowable(() -> "x".repeat(5).repeat(Integer.MAX_VALUE));
    assertThat(ErrorOrigin.isByTheJdk(thrown.getStackTrace())).isTrue();
  }

  @Test
  void errorOfALibrary_isNot_howeverItIsMade() throws Exception {
    Throwable plain = new OutOfMemoryError();
    Throwable reflective =
        OutOfMemoryError.class.getConstructor(String.class).newInstance("Java heap space");
    Function<String, Throwable> maker = OutOfMemoryError::new;

    assertThat(ErrorOrigin.isByTheJdk(plain.getStackTrace())).isFalse();
    assertThat(ErrorOrigin.isByTheJdk(reflective.getStackTrace())).isFalse();
    assertThat(ErrorOrigin.isByTheJdk(maker.apply("x").getStackTrace())).isFalse();
  }

  @Test
  void errorWithoutAStack_mayBeAnybodys() {
    assertThat(ErrorOrigin.isByTheJdk(new StackTraceElement[0])).isTrue();
  }
}
