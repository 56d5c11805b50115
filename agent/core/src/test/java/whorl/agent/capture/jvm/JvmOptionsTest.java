package whorl.agent.capture.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Options that leave no time for an alert. */
class JvmOptionsTest {
  @Test
  void endOnOutOfMemory_withoutTheFlags_isNull() {
    assertThat(JvmOptions.endOnOutOfMemory(options("-Xmx64m", "-XX:+HeapDumpOnOutOfMemoryError")))
        .isNull();
  }

  @Test
  void endOnOutOfMemory_withEitherFlag_namesIt() {
    assertThat(JvmOptions.endOnOutOfMemory(options("-XX:+ExitOnOutOfMemoryError")))
        .contains("-XX:+ExitOnOutOfMemoryError");
    assertThat(JvmOptions.endOnOutOfMemory(options("-XX:+CrashOnOutOfMemoryError")))
        .contains("-XX:+CrashOnOutOfMemoryError");
  }

  @Test
  void endOnOutOfMemory_setTwice_theLastCounts() {
    String on = "-XX:+ExitOnOutOfMemoryError";
    String off = "-XX:-ExitOnOutOfMemoryError";

    assertThat(JvmOptions.endOnOutOfMemory(options(on, off))).isNull();
    assertThat(JvmOptions.endOnOutOfMemory(options(off, on))).isNotNull();
  }

  @Test
  void limitClasses_eitherLimit_isFound() {
    assertThat(JvmOptions.limitClasses(options("-Xmx64m", "-Dx=-XX:MaxMetaspaceSize=1m")))
        .isFalse();
    assertThat(JvmOptions.limitClasses(options("-XX:MaxMetaspaceSize=64m"))).isTrue();
    assertThat(JvmOptions.limitClasses(options("-XX:CompressedClassSpaceSize=32m"))).isTrue();
  }

  @Test
  void trainAotCache_oneStepOrTwo_isFound() {
    assertThat(JvmOptions.trainAotCache(options("-XX:AOTCacheOutput=app.aot"))).isTrue();
    assertThat(JvmOptions.trainAotCache(options("-XX:AOTMode=record"))).isTrue();
  }

  @Test
  void trainAotCache_runWithACache_isFalse() {
    assertThat(JvmOptions.trainAotCache(options("-XX:AOTCache=app.aot", "-XX:AOTMode=on")))
        .isFalse();
    assertThat(JvmOptions.trainAotCache(options("-XX:AOTMode=record", "-XX:AOTMode=auto")))
        .isFalse();
  }

  private static String[] options(String... options) {
    return options;
  }
}
