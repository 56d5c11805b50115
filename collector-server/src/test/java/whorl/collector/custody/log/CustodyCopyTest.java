package whorl.collector.custody.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustodyCopyTest {
  private static final String TOO_LONG = "x".repeat(CustodyLog.LINE_MAX_BYTES + 1) + "\n";

  @TempDir Path folder;

  /** It may be the last copy, and what it is compared with before the next backup. */
  @Test
  void extend_cutOff_keepsTheEarlierCopy() throws IOException {
    Path log = Files.writeString(folder.resolve("log"), "{}\n" + TOO_LONG);
    Path copy = Files.writeString(folder.resolve("copy"), "{}\n{\"earlier\":1}\n");

    assertThatThrownBy(() -> new CustodyCopy(log, copy).extend())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long for an entry");

    assertThat(copy).hasContent("{}\n{\"earlier\":1}\n");
  }

  @Test
  void extend_again_replacesTheEarlierCopyAndFollowsTheLog() throws IOException {
    Path log = Files.writeString(folder.resolve("log"), "{\"a\":1}\n{\"b\"");
    Path copy = Files.writeString(folder.resolve("copy"), "{}\n");
    CustodyCopy custody = new CustodyCopy(log, copy);

    assertThat(custody.extend()).isTrue();
    assertThat(copy).hasContent("{\"a\":1}\n");
    Files.writeString(log, "{\"a\":1}\n{\"b\":2}\n");
    assertThat(custody.extend()).isTrue();
    assertThat(custody.extend()).isFalse();
    assertThat(copy).hasContent("{\"a\":1}\n{\"b\":2}\n");
    assertThat(folder).isDirectoryNotContaining(file -> file.toString().endsWith(".new"));
  }
}
