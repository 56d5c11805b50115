package whorl.agent.hook;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Class files as the application's threads define them: reading them never fails. */
class HolderReferenceFuzzTest {
  @FuzzTest
  void anyBytes_areLookedAt(byte[] input) {
    assertThatCode(() -> HolderReference.isIn(input)).doesNotThrowAnyException();
  }
}
