package whorl.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ReasonTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new NoSuchFileException("/tmp/a.jfr"), "/tmp/a.jfr does not exist"),
        Arguments.of(new AccessDeniedException("/tmp/a"), "no permission"),
        Arguments.of(new DirectoryNotEmptyException("/tmp/a"), "DirectoryNotEmptyException"),
        Arguments.of(
            new FileSystemException("/tmp/a", "/tmp/b", "No space left on device"),
            "/tmp/a and /tmp/b cannot be used: No space left on device"),
        Arguments.of(new IOException("no /proc here"), "no /proc here"),
        Arguments.of(new IOException("/tmp/a"), "a read or write failed: /tmp/a"),
        Arguments.of(new EOFException(), "gave no reason (java.io.EOFException)"),
        Arguments.of(new OutOfMemoryError("Java heap space"), "give the JVM more room"),
        Arguments.of(new NoClassDefFoundError("a/B"), "add the module"),
        Arguments.of(new SecurityException("no"), "security manager"),
        Arguments.of(new NullPointerException(), "the agent failed: java.lang.Null"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void of_anyFailure_isASentence(Throwable failure, String expected) {
    assertThat(Reason.of(failure)).contains(expected).matches(".* .* .*");
  }
}
