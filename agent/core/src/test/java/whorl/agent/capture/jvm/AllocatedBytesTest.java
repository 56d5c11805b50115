package whorl.agent.capture.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.agent.capture.Captures;

@Timeout(60)
class AllocatedBytesTest {
  private static final int MIB = 1 << 20;

  /** Allocates 64 MiB on a thread that lives on, and reads before and after. */
  public static final class Program {
    static volatile byte[] last = {};

    private Program() {}

    public static void main(String[] arguments) throws IOException {
      AllocatedBytes allocated = new AllocatedBytes((module, name) -> {});
      long before = allocated.total();
      for (int i = 0; i < 64; i++) {
        last = new byte[MIB];
      }
      System.out.println((allocated.total() - before) / MIB);
    }
  }

  @Test
  void total_growsByWhatThreadsAllocate() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.management/sun.management=ALL-UNNAMED",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said.strip()).matches("\\d+");
    assertThat(Integer.parseInt(said.strip())).isBetween(64, 80);
  }

  @Test
  void jvmThatDoesNotOpenItsBean_saysSo() {
    AllocatedBytes allocated = new AllocatedBytes(Captures.CLOSED);

    assertThatThrownBy(allocated::total).isInstanceOf(IOException.class);
  }
}
