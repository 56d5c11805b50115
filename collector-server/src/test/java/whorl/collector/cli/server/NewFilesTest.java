package whorl.collector.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import whorl.collector.cli.CliRun;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.http.auth.Tokens;

/** The commands that make the files which several collectors share. */
class NewFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tokens", "custody-key"})
  void newFile_isItsOwnersAlone_andNeverReplaced(String command) throws IOException {
    Path file = folder.resolve("made");

    assertThat(new CliRun().run(command, file.toString())).isZero();
    assertThat(Files.getPosixFilePermissions(file))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    byte[] content = Files.readAllBytes(file);

    CliRun again = new CliRun();
    assertThat(again.run(command, file.toString())).isEqualTo(1);
    assertThat(again.err()).contains("exists already");
    assertThat(file).hasBinaryContent(content);

    CliRun nowhere = new CliRun();
    assertThat(nowhere.run(command, folder.resolve("no/where").toString())).isEqualTo(1);
    assertThat(nowhere.err()).contains("cannot write");
  }

  @Test
  void tokens_canBeServed_andAreNotPrinted() throws IOException {
    Path file = folder.resolve("tokens.txt");
    CliRun made = new CliRun();
    made.run("tokens", file.toString());

    assertThat(Tokens.read(file)).isNotNull();
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("#")) {
        assertThat(made.out()).doesNotContain(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    assertThat(Files.readString(file))
        .contains("agent ", "alert ", "viewer ", "responder ", "admin ");
  }

  @Test
  void tokens_forNoService_areRefused_andNothingIsAdded() throws IOException {
    Path file = folder.resolve("tokens-of-nobody");
    assertThat(new CliRun().run("tokens", file.toString())).isZero();
    String before = Files.readString(file);

    for (String none : new String[] {"", " "}) {
      CliRun cli = new CliRun();
      assertThat(cli.run("tokens", file.toString(), "--service", none)).isEqualTo(1);
      assertThat(cli.err()).contains("no service is named");
      assertThat(cli.out()).isEmpty();
    }
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void tokenOfAService_isAddedAndPrinted() throws IOException {
    Path file = folder.resolve("tokens.txt");
    CliRun early = new CliRun();
    assertThat(early.run("tokens", file.toString(), "--service", "shop")).isEqualTo(1);
    assertThat(early.err()).contains("is not there", "make it first");
    new CliRun().run("tokens", file.toString());

    CliRun added = new CliRun();
    assertThat(added.run("tokens", file.toString(), "--service", "shop,orders")).isZero();
    assertThat(Files.readString(file)).endsWith("agent " + added.out().strip() + " shop,orders\n");
    assertThat(Tokens.read(file)).isNotNull();
  }

  @Test
  void custodyKey_isReadAgain_andItsPublicHalfIsPrinted() throws IOException {
    Path file = folder.resolve("log.key");
    CliRun made = new CliRun();
    made.run("custody-key", file.toString());

    assertThat(made.out().strip()).isEqualTo(LogKey.read(file).verifier().toString());
  }
}
